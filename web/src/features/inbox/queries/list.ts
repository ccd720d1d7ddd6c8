// The list of one shelf. Query `inbox, list, shelf, words`; a decision takes its line out at once.
import {
  infiniteQueryOptions,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
  type InfiniteData,
  type QueryClient,
} from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Line = Schemas['Line'];
export type Page = Schemas['Page'];
export type Shelf = Schemas['Shelf'];

const PAGE = 100;

function listQuery(shelf: Shelf, words: string) {
  return infiniteQueryOptions({
    queryKey: ['inbox', 'list', shelf, words] as const,
    queryFn: ({ pageParam }) =>
      ok<Page>(
        api.GET('/api/inbox', {
          params: {
            query: {
              shelf,
              limit: PAGE,
              ...(words ? { q: words } : {}),
              ...(pageParam === null ? {} : { after: pageParam }),
            },
          },
        }),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => (page.more ? (page.items.at(-1)?.number ?? null) : null),
    refetchInterval: 60_000,
  });
}

/** The lines of a shelf. A new version stands where its first version stood. */
export function useList(shelf: Shelf, words: string) {
  const found = useInfiniteQuery(listQuery(shelf, words));
  const every = found.data?.pages.flatMap((page) => page.items) ?? [];
  const lines = shelf === 'waiting' ? every.filter((line) => !isGone(line.number)) : every;
  const sorted = shelf === 'decided' ? lines : lines.toSorted((a, b) => a.origin - b.origin);
  return { ...found, lines: sorted, first: found.data?.pages[0] };
}

/** A count as it is shown; the server counts to a thousand. */
export function counted(count: number): string {
  return count >= 1000 ? '999+' : String(count);
}

/** How many drafts wait; undefined until it is known. */
export function useWaiting(): number | undefined {
  return useInfiniteQuery(listQuery('waiting', '')).data?.pages[0]?.waiting;
}

/** Lines that some list of this session has loaded, each once. */
export function useKnownLines(): Line[] {
  const client = useQueryClient();
  useQuery({ queryKey: ['inbox', 'known'], queryFn: () => null, enabled: false });
  const found = new Map<number, Line>();
  for (const [, data] of client.getQueriesData<InfiniteData<Page>>({ queryKey: ['inbox', 'list'] }))
    for (const page of data?.pages ?? []) for (const line of page.items) found.set(line.number, line);
  return [...found.values()];
}

const GONE_MS = 10_000;
const gone = new Map<number, number>();

/** Whether it was decided here a moment ago: a list asked for before that may still have it. */
function isGone(number: number): boolean {
  return (gone.get(number) ?? 0) > Date.now();
}

/** It waits after all. */
export function putBack(number: number): void {
  gone.delete(number);
}

/** The server has it as decided, too; a list on its way may not. */
export function stayOut(number: number): void {
  gone.set(number, Date.now() + GONE_MS);
}

/** Take a line off the shelves at once, before the server has answered, however long that takes. */
export function takeOut(client: QueryClient, number: number): void {
  gone.set(number, Infinity);
  void client.cancelQueries({ queryKey: ['inbox', 'list', 'waiting'] });
  client.setQueriesData<InfiniteData<Page>>(
    { queryKey: ['inbox', 'list', 'waiting'] },
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) => {
          const items = page.items.filter((line) => line.number !== number);
          return items.length === page.items.length
            ? page
            : { ...page, items, waiting: Math.max(0, page.waiting - 1) };
        }),
      },
  );
}
