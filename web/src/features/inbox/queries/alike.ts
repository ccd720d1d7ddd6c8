// Drafts alike, approved together after their samples. Nothing is kept in between.
import { useMutation, useQueryClient } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Plan = Schemas['Plan'];
export type Together = Schemas['Together'];

export const usePropose = () =>
  useMutation({
    mutationFn: (wanted: { campaign: string; step: number | null }) =>
      ok<Plan>(api.POST('/api/drafts/alike', { body: wanted })),
  });

export function useApproveTogether() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (plan: Plan) => ok<Together>(api.POST('/api/drafts/alike/approve', { body: plan })),
    onSettled: () => client.invalidateQueries({ queryKey: ['inbox'] }),
  });
}
