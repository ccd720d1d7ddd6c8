// One draft whole. Query `inbox, item, number`.
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { api, ok, type Schemas } from '@/api/client';

export type Item = Schemas['Item'];
export type Check = Schemas['Check'];
export type Flaw = Schemas['Flaw'];
export type Evidence = Schemas['Evidence'];
export type Version = Schemas['DraftVersion'];

export function itemQuery(number: number) {
  return queryOptions({
    queryKey: ['inbox', 'item', number] as const,
    queryFn: () =>
      ok<Item>(api.GET('/api/inbox/{ref}', { params: { path: { ref: String(number) } } })),
    refetchInterval: (query) => (isBeingWritten(query.state.data) ? 1500 : false),
  });
}

/** A rejected draft whose next version is not there yet. */
export function isBeingWritten(item: Item | undefined): boolean {
  return item?.status === 'rejected' && item.replaced_by === null && !item.was_test;
}

export function useItem(number: number) {
  return useQuery(itemQuery(number));
}

/** Fetch the next draft before it is asked for, so that it is there at once. */
export function usePrefetch(number: number | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    if (number !== undefined) void client.prefetchQuery(itemQuery(number));
  }, [client, number]);
}

const looks = new Map<number, Promise<unknown>>();

/** Tell the server that this draft is on the screen: the time to a decision counts from here. */
export function useLook(number: number): void {
  useEffect(() => {
    const asked = api.POST('/api/inbox/{ref}/look', { params: { path: { ref: String(number) } } });
    looks.set(
      number,
      asked.catch(() => undefined),
    );
  }, [number]);
}

/** Until the server knows of the look: an approval must not overtake it. */
export async function looked(number: number): Promise<void> {
  await looks.get(number);
}
