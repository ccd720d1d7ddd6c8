// The policy that holds, its versions, and a trial on past drafts. Queries `policies, …`.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, ok } from '@/api/client';

export interface Stored {
  version: number;
  made_by: string;
  note: string;
  created_at: string | null;
  ended_at: string | null;
  toml: string;
  warnings: string[];
}

export interface Trial {
  days: number;
  drafts: number;
  counts: Record<string, Record<string, number>>;
  rules: Record<string, number>;
  examples: Array<{ number: number; action: string; rule: string; reason: string; outcome: string }>;
}

const inQuery = (campaign: string) => ({ params: { query: campaign ? { campaign } : {} } });
const of = (campaign: string) => campaign || null;

export const usePolicy = (campaign: string) =>
  useQuery({
    queryKey: ['policies', 'active', campaign],
    queryFn: async () => (await ok(api.GET('/api/policies', inQuery(campaign)))) as unknown as Stored,
  });

export const useHistory = (campaign: string) =>
  useQuery({
    queryKey: ['policies', 'history', campaign],
    queryFn: async () =>
      ((await ok(api.GET('/api/policies/history', inQuery(campaign)))) as unknown as { items: Stored[] }).items,
  });

export const useNames = () =>
  useQuery({
    queryKey: ['policies', 'names'],
    queryFn: async () =>
      ((await ok(api.GET('/api/policies/names'))) as unknown as { items: Array<{ name: string; type: string; meaning: string }> })
        .items,
    staleTime: Infinity,
  });

export const useCampaignNames = (isAllowed: boolean) =>
  useQuery({
    queryKey: ['campaigns', 'names'],
    queryFn: async () => (await ok(api.GET('/api/campaigns'))).items.map(({ id, name }) => ({ id, name })),
    enabled: isAllowed,
  });

export const useTrial = (campaign: string) =>
  useMutation({
    mutationFn: async (toml: string) =>
      (await ok(
        api.POST('/api/policies/dry-run', { body: { toml, days: 30, campaign: of(campaign) } }),
      )) as unknown as Trial,
  });

export function usePublish(campaign: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ toml, note }: { toml: string; note: string }) =>
      ok(api.PUT('/api/policies', { body: { toml, note, campaign: of(campaign) } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['policies'] }),
  });
}

export function useRestore(campaign: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (version: number) => ok(api.POST('/api/policies/restore', { body: { version, campaign: of(campaign) } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['policies'] }),
  });
}
