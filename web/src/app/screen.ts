// A screen that is fetched when it is first opened. Without a connection it says so, as every screen does.
import { lazyRouteComponent } from '@tanstack/react-router';

import { api, ok } from '@/api/client';

type Names<M> = { [K in keyof M]: M[K] extends () => unknown ? K : never }[keyof M] & string;

export function screen<M extends Record<string, unknown>>(fetched: () => Promise<M>, name: Names<M>) {
  return lazyRouteComponent(
    (): Promise<Record<string, any>> => // oxlint-disable-line typescript/no-explicit-any -- as the router asks
      fetched().catch(async (error: unknown) => {
        // A piece that is gone with an older release has the page loaded anew; one that could not be
        // reached must not, for the browser has nothing but a page of its own to show then.
        await ok(api.GET('/api/me'));
        throw error;
      }),
    name,
  );
}
