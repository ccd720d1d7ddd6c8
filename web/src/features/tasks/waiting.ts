// How many tasks wait for somebody, for the menu. Query `tasks, waiting`.
import { useQuery } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

/** Undefined until it is known, and for those who may not look. */
export function useTasksWaiting(mayLook: boolean): number | undefined {
  return useQuery({
    queryKey: ['tasks', 'waiting'] as const,
    queryFn: () => ok<Schemas['TasksWaiting']>(api.GET('/api/tasks/waiting')),
    enabled: mayLook,
    refetchInterval: 60_000,
  }).data?.waiting;
}
