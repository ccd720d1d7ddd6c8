// Taking a list in, and the suppression list. Queries `imports, …` and `prospects, suppressed`.
import { infiniteQueryOptions, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { api, ok, type Schemas } from '@/api/client';
import { useWork, type Work } from '@/api/work';

export type Check = Schemas['ListCheck'];
export type Columns = Record<string, string>;

export interface Report {
  rows: number;
  accounts_new: number;
  contacts_new: number;
  contacts_changed: number;
  unchanged: number;
  repeated: number;
  suppressed: number;
  rejected: number;
  rejects: string | null;
}

/** How a list would be read with these columns; without any, as we guess. */
export const useCheck = (file: string | undefined, columns: Columns | undefined) =>
  useQuery({
    queryKey: ['imports', 'check', file, columns ?? null],
    queryFn: () => ok<Check>(api.POST('/api/imports/check', { body: { file: file ?? '', columns: columns ?? null } })),
    enabled: file !== undefined,
    placeholderData: (before) => before,
    retry: false,
    staleTime: Infinity,
    gcTime: 0,
  });

export function useImport() {
  const client = useQueryClient();
  const [id, setId] = useState<string>();
  const start = useMutation({
    mutationFn: (body: Schemas['ListWanted']) => ok<Work>(api.POST('/api/imports', { body })),
    onSuccess: (work) => setId(work.id),
  });
  const work = useWork('/api/imports/work/{work_id}', id);
  const isDone = work?.state === 'done';
  useEffect(() => {
    if (isDone) for (const key of ['prospects', 'start']) void client.invalidateQueries({ queryKey: [key] });
  }, [isDone, client]);
  const isGoing = start.isPending || (id !== undefined && (!work || work.state === 'running'));
  return { start, work, isGoing, again: () => setId(undefined) };
}

export type Suppression = Schemas['SuppressionLine'];

const suppressedQuery = infiniteQueryOptions({
  queryKey: ['prospects', 'suppressed'] as const,
  queryFn: ({ pageParam }) =>
    ok<Schemas['SuppressionPage']>(
      api.GET('/api/suppressions', { params: { query: { limit: 50, ...(pageParam ? { after: pageParam } : {}) } } }),
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
});

export function useSuppressed() {
  const found = useInfiniteQuery(suppressedQuery);
  return { ...found, lines: found.data?.pages.flatMap((page) => page.items) ?? [], first: found.data?.pages[0] };
}

export type Answer = Schemas['Found'];

export const useAsk = () =>
  useMutation({
    mutationFn: (email: string) => ok<Answer>(api.POST('/api/suppressions/search', { body: { email } })),
  });

export function useSuppress() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['Wish']) => ok<Answer>(api.POST('/api/suppressions', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['prospects'] }),
  });
}
