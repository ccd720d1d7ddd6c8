// The figures since some days. Query `overview, days`.
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Overview = Schemas['Overview'];

const overviewQuery = (days: number | undefined) =>
  queryOptions({
    queryKey: ['overview', days ?? 0] as const,
    queryFn: () =>
      ok<Overview>(
        api.GET('/api/reports/overview', { params: { query: days ? { days } : {} } }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });

export const useOverview = (days: number | undefined) => useQuery(overviewQuery(days));
