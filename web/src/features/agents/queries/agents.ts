// Who works here, a change of one, and its start. Queries `agents, roster` and `agents, one, name`.
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';
import { keepNewer } from '@/api/newer';

export type Agent = Schemas['AgentCard'];
export type Change = Schemas['AgentChange'];
export type Wanted = Schemas['RunWanted'];

const at = (name: string) => ({ params: { path: { name } } });

const rosterQuery = queryOptions({
  queryKey: ['agents', 'roster'],
  queryFn: () => ok<Agent[]>(api.GET('/api/agents')),
  refetchInterval: 60_000,
});

const agentQuery = (name: string) =>
  queryOptions({
    queryKey: ['agents', 'one', name] as const,
    queryFn: () => ok<Agent>(api.GET('/api/agents/{name}', at(name))),
    retry: false,
  });

export const useRoster = () => useQuery(rosterQuery);

export const useAgent = (name: string) => useQuery(agentQuery(name));

export function useChange(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Change) => ok<Agent>(api.PATCH('/api/agents/{name}', { ...at(name), body })),
    onSuccess: async (now) => {
      await keepNewer(client, agentQuery(name).queryKey, now);
      void client.invalidateQueries({ queryKey: rosterQuery.queryKey });
      void client.invalidateQueries({ queryKey: ['agents', 'tools'] });
    },
  });
}

export function useStart(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Partial<Wanted>) =>
      ok<Schemas['Started']>(api.POST('/api/agents/{name}/run', { ...at(name), body: body as Wanted })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['agents', 'runs'] }),
  });
}
