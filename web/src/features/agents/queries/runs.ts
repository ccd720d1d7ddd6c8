// What agents did. Queries `agents, runs, filter` and `agents, run, id`; a replay is kept nowhere.
import {
  infiniteQueryOptions,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
} from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Run = Schemas['RunCard'];
export type Detail = Schemas['RunDetail'];
export type Step = Schemas['StepCard'];
export type Status = Schemas['RunStatus'];
export type Replayed = Schemas['ReplayCard'];

export interface Filter {
  agent?: string;
  status?: Status;
}

const runsQuery = (filter: Filter, limit: number) =>
  infiniteQueryOptions({
    queryKey: ['agents', 'runs', filter, limit] as const,
    queryFn: ({ pageParam }) =>
      ok<Schemas['RunPage']>(
        api.GET('/api/runs', {
          params: { query: { ...filter, limit, ...(pageParam ? { after: pageParam } : {}) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: 60_000,
  });

export function useRuns(filter: Filter, limit = 50) {
  const found = useInfiniteQuery(runsQuery(filter, limit));
  return { ...found, runs: found.data?.pages.flatMap((page) => page.items) ?? [] };
}

const runQuery = (id: string) =>
  queryOptions({
    queryKey: ['agents', 'run', id] as const,
    queryFn: () => ok<Detail>(api.GET('/api/runs/{run_id}', { params: { path: { run_id: id } } })),
    retry: false,
    // A run that goes on is looked at again and again, also where the stream of changes is cut.
    refetchInterval: (query) => (query.state.data?.status === 'running' ? 2000 : false),
  });

export const useRun = (id: string) => useQuery(runQuery(id));

export const useReplay = (id: string) =>
  useMutation({
    mutationFn: (body: Schemas['ReplayWanted']) =>
      ok<Replayed>(api.POST('/api/runs/{run_id}/replay', { params: { path: { run_id: id } }, body })),
  });
