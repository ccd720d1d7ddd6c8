// Campaigns, one of them, and its experiments. Queries `campaigns, …`.
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Line = Schemas['CampaignLine'];
export type Desk = Schemas['CampaignDesk'];
export type Blueprint = Schemas['BlueprintShown'];
export type Rule = Schemas['RuleShown'];
export type Steps = Schemas['SequenceShown'];
export type Step = Schemas['StepShown'];
export type Experiment = Schemas['Result'];
export type Arm = Schemas['ArmResult'];

const listQuery = queryOptions({
  queryKey: ['campaigns', 'list'],
  queryFn: async () => (await ok<Schemas['CampaignList']>(api.GET('/api/campaigns'))).items,
});

export const useCampaigns = () => useQuery(listQuery);

const deskQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaigns', 'desk', id] as const,
    queryFn: () =>
      ok<Desk>(api.GET('/api/campaigns/{name}/desk', { params: { path: { name: id } } })),
    retry: false,
  });

export const useDesk = (id: string) => useQuery(deskQuery(id));

export type CampaignChange = Schemas['CampaignChange'];

export function useRevise(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: CampaignChange) => ok<Desk>(api.PATCH('/api/campaigns/{name}', { params: { path: { name: id } }, body })),
    onSuccess: (now) => {
      client.setQueryData(deskQuery(id).queryKey, now);
      void client.invalidateQueries({ queryKey: ['campaigns'] });
    },
  });
}

export type Shares = Schemas['Shares'];

const sharesQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaigns', 'mailboxes', id] as const,
    queryFn: () => ok<Shares>(api.GET('/api/campaigns/{name}/mailboxes', { params: { path: { name: id } } })),
  });

export const useShares = (id: string) => useQuery(sharesQuery(id));

export function useSetShares(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['SharesWanted']) =>
      ok<Shares>(api.PUT('/api/campaigns/{name}/mailboxes', { params: { path: { name: id } }, body })),
    onSuccess: (now) => client.setQueryData(sharesQuery(id).queryKey, now),
  });
}

const experimentsQuery = (id: string, isAllowed: boolean) =>
  queryOptions({
    queryKey: ['campaigns', 'experiments', id] as const,
    queryFn: () =>
      ok<Experiment[]>(
        api.GET('/api/reports/experiments/{campaign}', { params: { path: { campaign: id } } }),
      ),
    enabled: isAllowed,
  });

export const useExperiments = (id: string, isAllowed: boolean) =>
  useQuery(experimentsQuery(id, isAllowed));
