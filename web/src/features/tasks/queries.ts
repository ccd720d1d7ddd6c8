// Tasks, one of them, and what people say of it. Queries `tasks, list, …` and `tasks, one, number`.
import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Line = Schemas['TaskLine'];
export type Task = Schemas['TaskShown'];
export type Kind = Schemas['TaskKind'];

export interface Asked {
  shelf: Schemas['TaskShelf'];
  kind: Kind | undefined;
  mine: boolean;
}

const listQuery = ({ shelf, kind, mine }: Asked) =>
  queryOptions({
    queryKey: ['tasks', 'list', shelf, kind ?? '', mine] as const,
    queryFn: () =>
      ok<Schemas['TaskPage']>(
        api.GET('/api/tasks', { params: { query: { shelf, ...(kind ? { kind } : {}), ...(mine ? { mine } : {}) } } }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });

export function useTasks(asked: Asked) {
  const found = useQuery(listQuery(asked));
  return { ...found, lines: found.data?.items ?? [] };
}

const at = (number: number) => ({ params: { path: { number } } });

const oneQuery = (number: number) =>
  queryOptions({
    queryKey: ['tasks', 'one', number] as const,
    queryFn: () => ok<Task>(api.GET('/api/tasks/{number}', at(number))),
    retry: false,
  });

export const useTask = (number: number) => useQuery(oneQuery(number));

export type Verb = 'done' | 'skip' | 'approve' | 'lost';

const SAID = {
  done: (number: number, note: string) => api.POST('/api/tasks/{number}/done', { ...at(number), body: { note } }),
  skip: (number: number, note: string) => api.POST('/api/tasks/{number}/skip', { ...at(number), body: { note } }),
  approve: (number: number) => api.POST('/api/tasks/{number}/approve', at(number)),
  lost: (number: number) => api.POST('/api/tasks/{number}/lost', at(number)),
} as const;

/** Say what came of a task; afterwards the person's page and the inbox are asked anew, too. */
export function useSay(number: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ verb, note }: { verb: Verb; note: string }) => ok<Task>(SAID[verb](number, note)),
    onSettled: () =>
      Promise.all(['tasks', 'prospects', 'inbox'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
}
