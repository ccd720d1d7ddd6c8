// What the checks say of words that are being written. Query `inbox, check, number, words`; stores nothing.
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Checked = Schemas['Checked'];

export function useCheck(number: number, subject: string, body: string) {
  return useQuery({
    queryKey: ['check', number, subject, body] as const,
    queryFn: () =>
      ok<Checked>(
        api.POST('/api/inbox/{ref}/check', {
          params: { path: { ref: String(number) } },
          body: { subject, body },
        }),
      ),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: Infinity,
    gcTime: 30_000,
  });
}
