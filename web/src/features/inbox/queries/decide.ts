// Every decision on a draft; afterwards all of the inbox is asked anew.
import { useMutation, useQueryClient } from '@tanstack/react-query';

import { api, ok } from '@/api/client';

import { looked } from './item';
import { putBack, stayOut, takeOut } from './list';

/** What a decision answers, as far as a screen needs it. */
export interface Decided {
  number: number;
  status: string;
  content_hash: string;
  undo_until: string | null;
  was_test: boolean;
  note: string | null;
  review: { approvals_needed: number; approved_by: string[]; snoozed_until: string | null } | null;
}

const at = (number: number) => ({ params: { path: { ref: String(number) } } });
const said = (asked: Promise<{ data?: unknown; error?: unknown; response: Response }>) =>
  ok(asked) as Promise<Decided>;

function useDecision<T extends { number: number }>(
  send: (wanted: T) => Promise<Decided>,
  takesOut: boolean,
) {
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: send,
    onSuccess: () => client.invalidateQueries({ queryKey: ['inbox'] }),
    // What went wrong is told at once, also where the list cannot be had either.
    onError: () => void client.invalidateQueries({ queryKey: ['inbox'] }),
  });
  const { mutateAsync, isPending } = mutation;
  return {
    isPending,
    // A promise, for the screen that asked may be gone when the answer comes.
    decide: async (wanted: T): Promise<Decided> => {
      // At once, and not with the answer: the next draft is chosen from the list that is left.
      if (takesOut) takeOut(client, wanted.number);
      try {
        const done = await mutateAsync(wanted);
        if (done.status === 'pending' && !done.review?.snoozed_until) putBack(wanted.number);
        else if (takesOut) stayOut(wanted.number);
        return done;
      } catch (error) {
        putBack(wanted.number);
        throw error;
      }
    },
  };
}

export const useApprove = () =>
  useDecision(
    async ({ number, hash }: { number: number; hash: string }) => {
      await looked(number);
      return said(
        api.POST('/api/drafts/{ref}/approve', { ...at(number), body: { content_hash: hash } }),
      );
    },
    true,
  );

/** A subject, and a body as plain text or as HTML. */
export type Words = { subject: string } & ({ body: string } | { html: string });

export const useEdit = () =>
  useDecision(
    ({ number, words }: { number: number; words: Words }) =>
      said(api.POST('/api/drafts/{ref}/edit', { ...at(number), body: words })),
    false,
  );

/** Put one of the other mails in the draft's place. */
export const useChoose = () =>
  useDecision(
    ({ number, variant }: { number: number; variant: number }) =>
      said(api.POST('/api/drafts/{ref}/choose', { ...at(number), body: { variant } })),
    false,
  );

export const CATEGORIES = [
  'tone_length',
  'angle_selection',
  'personalization',
  'content',
  'formatting',
] as const;

export type Category = (typeof CATEGORIES)[number];

export const useReject = () =>
  useDecision(
    ({ number, note, category }: { number: number; note: string; category: Category | null }) =>
      said(api.POST('/api/drafts/{ref}/reject', { ...at(number), body: { note, category } })),
    false,
  );

export const useTakeBack = () =>
  useDecision(
    ({ number }: { number: number }) => said(api.POST('/api/drafts/{ref}/take-back', at(number))),
    false,
  );

export const useSnooze = () =>
  useDecision(
    ({ number, until }: { number: number; until: string | null }) =>
      said(api.POST('/api/drafts/{ref}/snooze', { ...at(number), body: { until } })),
    true,
  );
