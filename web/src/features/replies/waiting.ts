// How many replies nobody has said the meaning of, for the menu. Query `replies, waiting`.
import { useQuery } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

/** More than so many are as many; the list itself shows them all. */
const MOST = 100;

/** Undefined until it is known, and for those who may not look. */
export function useRepliesWaiting(mayLook: boolean): number | undefined {
  return useQuery({
    queryKey: ['replies', 'waiting'] as const,
    queryFn: () =>
      ok<Schemas['ReplyPage']>(api.GET('/api/replies', { params: { query: { waiting: true, limit: MOST } } })),
    enabled: mayLook,
    refetchInterval: 60_000,
  }).data?.items.length;
}
