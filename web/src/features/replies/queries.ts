// Replies, one of them, and what it means. Queries `replies, list, …` and `replies, one, id`.
import {
  infiniteQueryOptions,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Line = Schemas['ReplyLine'];
export type Reply = Schemas['ReplyShown'];
export type Meaning = Schemas['Meaning'];
export type ReplyClass = Meaning['reply_class'];

const PAGE = 50;

const listQuery = (waiting: boolean) =>
  infiniteQueryOptions({
    queryKey: ['replies', 'list', waiting] as const,
    queryFn: ({ pageParam }) =>
      ok<Schemas['ReplyPage']>(
        api.GET('/api/replies', {
          params: { query: { waiting, limit: PAGE, ...(pageParam ? { after: pageParam } : {}) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: 30_000,
  });

export function useReplies(waiting: boolean) {
  const found = useInfiniteQuery(listQuery(waiting));
  return { ...found, lines: found.data?.pages.flatMap((page) => page.items) ?? [] };
}

const oneQuery = (id: string) =>
  queryOptions({
    queryKey: ['replies', 'one', id] as const,
    queryFn: () => ok<Reply>(api.GET('/api/replies/{reply_id}', at(id))),
    retry: false,
  });

export const useReply = (id: string) => useQuery(oneQuery(id));

export type Correction = Schemas['Correction'];
export type Corrected = Schemas['Corrected'];

const at = (id: string) => ({ params: { path: { reply_id: id } } });

/** Another reply of the same person may be told anew too: the sequence is one. */
function useRenew() {
  const client = useQueryClient();
  return () =>
    Promise.all(['replies', 'overview', 'prospects'].map((key) => client.invalidateQueries({ queryKey: [key] })));
}

export function useSay(id: string) {
  const renew = useRenew();
  return useMutation({
    mutationFn: (body: Meaning) =>
      ok<Line>(api.POST('/api/replies/{reply_id}/class', { ...at(id), body })),
    onSuccess: renew,
  });
}

/** Say that it means something else than was said; the answer tells what stays. */
export function useCorrect(id: string) {
  const renew = useRenew();
  return useMutation({
    mutationFn: (body: Correction) =>
      ok<Corrected>(api.POST('/api/replies/{reply_id}/correction', { ...at(id), body })),
    onSuccess: renew,
  });
}
