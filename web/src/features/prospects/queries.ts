// The ranking and one account. Queries `prospects, list, …` and `prospects, one, id`.
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Line = Schemas['ProspectLine'];
export type Account = Schemas['Prospect'];
export type Fact = Schemas['FactShown'];
export type Person = Schemas['PersonShown'];
export type Happening = Schemas['Happening'];
export type Score = Schemas['ScoreShown'];
export type Status = Schemas['AccountStatus'];

const PAGE = 50;

const listQuery = (status: Status | undefined, q: string) =>
  infiniteQueryOptions({
    queryKey: ['prospects', 'list', status ?? '', q] as const,
    queryFn: ({ pageParam }) =>
      ok<Schemas['ProspectPage']>(
        api.GET('/api/prospects', {
          params: {
            query: {
              limit: PAGE,
              ...(status ? { status } : {}),
              ...(q ? { q } : {}),
              ...(pageParam ? { after: pageParam } : {}),
            },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

export function useRanking(status: Status | undefined, q: string) {
  const found = useInfiniteQuery(listQuery(status, q));
  const lines = found.data?.pages.flatMap((page) => page.items) ?? [];
  return { ...found, lines, first: found.data?.pages[0] };
}

const oneQuery = (id: string) =>
  queryOptions({
    queryKey: ['prospects', 'one', id] as const,
    queryFn: () =>
      ok<Account>(api.GET('/api/prospects/{account_id}', { params: { path: { account_id: id } } })),
    retry: false,
  });

export const useAccount = (id: string) => useQuery(oneQuery(id));
