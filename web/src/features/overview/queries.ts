// The figures since some days. Queries `overview, all, days` and `overview, outcomes, days`.
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Overview = Schemas['Overview'];
export type Outcomes = Schemas['Outcomes'];
export type Outcome = Pick<
  Outcomes['steps'][number],
  'sent' | 'replies' | 'good' | 'counted' | 'share' | 'low' | 'high' | 'is_enough'
>;

const asked = (days: number | undefined) => ({ params: { query: days ? { days } : {} } });
const EVERY = { placeholderData: keepPreviousData, refetchInterval: 60_000 } as const;

const overviewQuery = (days: number | undefined) =>
  queryOptions({
    queryKey: ['overview', 'all', days ?? 0] as const,
    queryFn: () => ok<Overview>(api.GET('/api/reports/overview', asked(days))),
    ...EVERY,
  });

const outcomesQuery = (days: number | undefined) =>
  queryOptions({
    queryKey: ['overview', 'outcomes', days ?? 0] as const,
    queryFn: () => ok<Outcomes>(api.GET('/api/reports/outcomes', asked(days))),
    ...EVERY,
  });

export const useOverview = (days: number | undefined) => useQuery(overviewQuery(days));
export const useOutcomes = (days: number | undefined) => useQuery(outcomesQuery(days));
