// Other mails for one draft. Query `inbox, variants, number`; writing them goes on after the answer.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { api, ok, type Schemas } from '@/api/client';
import { useWork, type Work } from '@/api/work';

export type Variant = Schemas['VariantShown'];

const at = (number: number) => ({ params: { path: { ref: String(number) } } });

export const useVariants = (number: number) =>
  useQuery({
    queryKey: ['inbox', 'variants', number] as const,
    queryFn: () => ok<Schemas['Variants']>(api.GET('/api/drafts/{ref}/variants', at(number))),
  });

/** Ask for some; they appear one by one as they are written. `going` was asked for before. */
export function useAsk(number: number, going: string | null) {
  const client = useQueryClient();
  const [id, setId] = useState<string>();
  if (going && id === undefined) setId(going);
  const start = useMutation({
    mutationFn: (count: number) =>
      ok<Work>(api.POST('/api/drafts/{ref}/variants', { ...at(number), body: { count } })),
    onSuccess: (work) => setId(work.id),
  });
  const work = useWork('/api/variant-work/{work_id}', id);
  const { done, state } = work ?? {};
  useEffect(() => {
    if (state) void client.invalidateQueries({ queryKey: ['inbox', 'variants', number] });
  }, [client, number, done, state]);
  const isGoing = start.isPending || (id !== undefined && (!work || state === 'running'));
  return { start, work, isGoing };
}
