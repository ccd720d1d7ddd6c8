// What others do, as they do it: server-sent events, and a slow poll while those fail.
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';

/** `joining`: the stream was asked for and has not answered yet, which is no trouble. */
export type Link = 'joining' | 'live' | 'polling' | 'offline';

const POLL_MS = 10_000;
const BUNCH_MS = 250;

let link: Link = 'joining';
const listeners = new Set<() => void>();

function become(next: Link): void {
  if (next === link) return;
  link = next;
  for (const tell of listeners) tell();
}

/** How the screen hears of changes now. */
export function useLink(): Link {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => link,
  );
}

function refresh(client: QueryClient, actions: ReadonlySet<string>): void {
  const touches = (room: string) => [...actions].some((action) => action.startsWith(room));
  if (touches('switches')) void client.invalidateQueries({ queryKey: ['switches'] });
  if (touches('drafts') || touches('sending') || touches('conversations'))
    void client.invalidateQueries({ queryKey: ['inbox'] });
  if (touches('sending') || touches('drafts') || touches('mailboxes'))
    void client.invalidateQueries({ queryKey: ['sending'] });
  if (touches('campaigns') || touches('conversations')) void client.invalidateQueries({ queryKey: ['tasks'] });
  if (touches('agents')) void client.invalidateQueries({ queryKey: ['agents'] });
  if (actions.size > 0)
    for (const screen of ['prospects', 'campaigns', 'overview', 'replies'])
      void client.invalidateQueries({ queryKey: [screen] });
}

/** Keep every open query fresh for as long as this is mounted. */
export function useLive(): void {
  const client = useQueryClient();
  useEffect(() => {
    const waiting = new Set<string>();
    let bunch: number | undefined;
    const source = new EventSource('/api/live');
    const told = (event: MessageEvent<string>) => {
      waiting.add((JSON.parse(event.data) as { action: string }).action);
      bunch ??= window.setTimeout(() => {
        refresh(client, waiting);
        waiting.clear();
        bunch = undefined;
      }, BUNCH_MS);
    };
    const ready = () => {
      // After a gap nobody knows what was missed.
      if (link !== 'live') void client.invalidateQueries();
      become('live');
    };
    source.addEventListener('change', told);
    source.addEventListener('ready', ready);
    source.addEventListener('error', () => become(navigator.onLine ? 'polling' : 'offline'));
    const poll = window.setInterval(() => {
      if (link === 'live') return;
      void client.invalidateQueries();
      if (link === 'joining') become('polling');
    }, POLL_MS);
    return () => {
      source.close();
      window.clearInterval(poll);
      window.clearTimeout(bunch);
    };
  }, [client]);
}
