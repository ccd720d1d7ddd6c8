// The log, searched, and how it stands. Queries `audit, search, …` and `audit, state`.
import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export interface Wanted {
  person?: string;
  action?: string;
  mail?: string;
}

export type LogState = Schemas['LogState'];

/** What the screen reads of an event. */
export interface LogEvent {
  id: string;
  at: string;
  who: string;
  action: string;
  subject: string;
  body: Record<string, unknown>;
  /** What it tells of a person, for those who may read that. */
  contact?: Record<string, string> | string | null;
  leaf_no: number | null;
  outcome: string;
}

interface Found {
  items: LogEvent[];
  next: string | null;
}

const logQuery = (wanted: Wanted) =>
  infiniteQueryOptions({
    queryKey: ['audit', 'search', wanted] as const,
    queryFn: async ({ pageParam }) =>
      (await ok(
        api.GET('/api/audit/events', {
          params: { query: { ...wanted, limit: 50, ...(pageParam ? { before: pageParam } : {}) } },
        }),
      )) as unknown as Found,
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    retry: false,
  });

export function useLog(wanted: Wanted) {
  const found = useInfiniteQuery(logQuery(wanted));
  return { ...found, events: found.data?.pages.flatMap((page) => page.items) ?? [] };
}

/** The address of the file that holds everything a search finds. */
export function fileOf(wanted: Wanted): string {
  const asked = new URLSearchParams({ ...wanted }).toString();
  return `/api/audit/export${asked && `?${asked}`}`;
}

const stateQuery = queryOptions({
  queryKey: ['audit', 'state'] as const,
  queryFn: () => ok<LogState>(api.GET('/api/audit/state')),
  refetchInterval: 30_000,
});

export const useLogState = () => useQuery(stateQuery);
