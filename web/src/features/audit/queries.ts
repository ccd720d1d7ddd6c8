// The log, searched. Query `audit, …`.
import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';

import { api, ok } from '@/api/client';

export interface Wanted {
  person?: string;
  action?: string;
  mail?: string;
}

/** What the screen reads of an event. */
export interface LogEvent {
  id: string;
  at: string;
  who: string;
  action: string;
  subject: string;
  body: Record<string, unknown>;
  leaf_no: number | null;
  is_sealed: boolean;
  outcome: string;
}

interface Found {
  items: LogEvent[];
  next: string | null;
}

const logQuery = (wanted: Wanted) =>
  infiniteQueryOptions({
    queryKey: ['audit', wanted] as const,
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
