// Work that goes on after the answer: asked after until it ends. Queries `work, …`.
import { useQuery } from '@tanstack/react-query';

import { api, ok, type Schemas } from './client';

export type Work = Schemas['Work'];
export type WorkPlace =
  | '/api/campaign-work/{work_id}'
  | '/api/campaign-runs/{work_id}'
  | '/api/imports/work/{work_id}'
  | '/api/variant-work/{work_id}';

export function useWork(place: WorkPlace, id: string | undefined): Work | undefined {
  return useQuery({
    queryKey: ['work', place, id],
    queryFn: () => ok<Work>(api.GET(place, { params: { path: { work_id: id ?? '' } } })),
    enabled: id !== undefined,
    refetchInterval: (query) => (!query.state.data || query.state.data.state === 'running' ? 600 : false),
  }).data;
}
