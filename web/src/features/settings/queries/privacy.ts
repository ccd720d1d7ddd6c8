// What is kept of one person, and its erasure. Nothing of it is cached.
import { useMutation } from '@tanstack/react-query';

import { api, ok } from '@/api/client';

export type Kept = Record<string, unknown>;

export interface Erased {
  items: Array<{ contact_id: string; rows: Record<string, number>; mails: number }>;
  out_of_reach: string[];
}

export const useAbout = () =>
  useMutation({
    gcTime: 0,
    mutationFn: async (email: string) => (await ok(api.POST('/api/privacy/person', { body: { email } }))) as unknown as Kept,
  });

export const useErase = () =>
  useMutation({
    gcTime: 0,
    mutationFn: async (body: { email: string; reason: string }) =>
      (await ok(api.POST('/api/privacy/erasures', { body }))) as unknown as Erased,
  });
