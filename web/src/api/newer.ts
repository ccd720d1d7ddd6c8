// What a change answered takes the place of what is shown.
import type { QueryClient, QueryKey } from '@tanstack/react-query';

/** An answer that was asked for before the change, and comes after it, would put the old values back: it is let go. */
export async function keepNewer(client: QueryClient, queryKey: QueryKey, now: unknown): Promise<void> {
  await client.cancelQueries({ queryKey, exact: true });
  client.setQueryData(queryKey, now);
}
