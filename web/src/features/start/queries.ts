// Which of the first steps are done. Query `start`.
import { queryOptions, useQuery } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Steps = Schemas['FirstSteps'];

export const startQuery = queryOptions({
  queryKey: ['start'],
  queryFn: () => ok<Steps>(api.GET('/api/first-steps')),
  staleTime: 30_000,
  // Once all is done it stays done.
  refetchInterval: (query) => (query.state.data?.is_done ? false : 10_000),
});

export const useFirstSteps = () => useQuery(startQuery);
