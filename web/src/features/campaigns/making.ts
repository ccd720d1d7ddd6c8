// Making a campaign, giving it more mail, letting the agent work: work that goes on.
import { useMutation, useQuery, useQueryClient, queryOptions } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { api, ok, type Schemas } from '@/api/client';
import { useWork, type Work, type WorkPlace } from '@/api/work';

export type Wanted = Schemas['CampaignWanted'];
export type MailFiles = Schemas['MailFiles'];

export interface Report {
  source: string;
  read: number;
  new: number;
  known: number;
  unreadable: number;
  reasons: Record<string, number>;
}

export interface Made {
  campaign: string;
  version: number;
  reports: Report[];
}

/** Begin something, and hear of it until it ends. */
function useGoing<Asked>(place: WorkPlace, begin: (asked: Asked) => Promise<Work>) {
  const client = useQueryClient();
  const [id, setId] = useState<string>();
  const start = useMutation({ mutationFn: begin, onSuccess: (work) => setId(work.id) });
  const work = useWork(place, id);
  const isDone = work?.state === 'done';
  useEffect(() => {
    if (isDone) for (const key of ['campaigns', 'start', 'inbox', 'prospects']) void client.invalidateQueries({ queryKey: [key] });
  }, [isDone, client]);
  const isGoing = start.isPending || (id !== undefined && (!work || work.state === 'running'));
  return { start, work, isGoing, again: () => setId(undefined) };
}

export const useCreate = () =>
  useGoing('/api/campaign-work/{work_id}', (body: Wanted) => ok<Work>(api.POST('/api/campaigns', { body })));

export const useMoreMail = (campaign: string) =>
  useGoing('/api/campaign-work/{work_id}', (body: MailFiles) =>
    ok<Work>(api.POST('/api/campaigns/{name}/mail', { params: { path: { name: campaign } }, body })),
  );

export const useRun = (campaign: string) =>
  useGoing('/api/campaign-runs/{work_id}', (body: Schemas['CampaignRunWanted']) =>
    ok<Work>(api.POST('/api/campaigns/{name}/runs', { params: { path: { name: campaign } }, body })),
  );

const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaigns', 'blueprints', id] as const,
    queryFn: async () =>
      (
        await ok<Schemas['BlueprintVersions']>(
          api.GET('/api/campaigns/{name}/blueprints', { params: { path: { name: id } } }),
        )
      ).items,
  });

export const useVersions = (id: string) => useQuery(versionsQuery(id));
