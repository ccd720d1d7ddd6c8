// Calls that agents may not do alone. Query `agents, asked`; an answer asks runs and calls anew.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Asked = Schemas['ToolRequest'];

export const useAsked = () =>
  useQuery({
    queryKey: ['agents', 'asked'] as const,
    queryFn: () => ok<Schemas['Requests']>(api.GET('/api/requests')),
    select: (found) => found.items,
    refetchInterval: 60_000,
  });

export function useAnswer(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['RequestAnswer']) =>
      ok<Asked>(
        api.POST('/api/requests/{request_id}/answer', { params: { path: { request_id: id } }, body }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ['agents'] }),
  });
}
