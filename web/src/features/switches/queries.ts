// What is halted, and the one way to halt or to go on. Query `switches`.
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type SwitchLine = Schemas['SwitchLine'];
export type Switches = Schemas['Switches'];

const switchesQuery = queryOptions({
  queryKey: ['switches'],
  queryFn: () => ok<Switches>(api.GET('/api/switches')),
  refetchInterval: 60_000,
});

export function useSwitches(): Switches | undefined {
  return useQuery(switchesQuery).data;
}

export interface Move {
  scope: 'workspace' | 'campaign' | 'mailbox' | 'agent' | 'tool';
  target: string;
  is_on: boolean;
  reason: string;
}

export function useMoveSwitch() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Move) => ok<Switches>(api.POST('/api/switches', { body })),
    onSuccess: (now) => client.setQueryData(switchesQuery.queryKey, now),
  });
}
