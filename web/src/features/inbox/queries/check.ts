// What the checks say of words that are being written. Query `check, number, words`; stores nothing.
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

import type { Words } from './decide';

export type Checked = Schemas['Checked'];

export function checkQuery(number: number, words: Words) {
  return queryOptions({
    queryKey: ['check', number, words] as const,
    queryFn: () =>
      ok<Checked>(
        api.POST('/api/inbox/{ref}/check', {
          params: { path: { ref: String(number) } },
          body: words,
        }),
      ),
    retry: false,
    staleTime: Infinity,
    gcTime: 30_000,
  });
}

export function useCheck(number: number, words: Words) {
  return useQuery({ ...checkQuery(number, words), placeholderData: keepPreviousData });
}
