// Who else has this draft open. Query `looking, number`; asked three times a minute while the page is seen.
import { useQuery } from '@tanstack/react-query';

import { api, ok } from '@/api/client';

const EVERY_MS = 20_000;

export function useLooking(number: number, isWaiting: boolean): readonly string[] {
  const found = useQuery({
    queryKey: ['looking', number] as const,
    queryFn: async () => {
      const at = { params: { path: { ref: String(number) } } };
      // To ask who is here says that one is here oneself, for as long as one is.
      await ok(api.POST('/api/inbox/{ref}/look', at));
      return ok(api.GET('/api/inbox/{ref}/looking', at));
    },
    enabled: isWaiting,
    refetchInterval: EVERY_MS,
    staleTime: 0,
    retry: false,
  });
  return isWaiting ? (found.data?.names ?? []) : [];
}
