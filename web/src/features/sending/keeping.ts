// A mailbox's secret, DKIM keys and layout. Queries `sending, dkim, …` and `sending, layout, …`.
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Keys = Schemas['DkimKeys'];
export type Key = Schemas['DkimKey'];
export type Layout = Schemas['Layout'];

const at = (address: string) => ({ params: { path: { address } } });

/** Sealed on the server; what comes back is the name that the mailbox calls it by. */
export const keepSecret = async (address: string, secret: string) =>
  (await ok<Schemas['SecretName']>(api.PUT('/api/sending/mailboxes/{address}/secret', { ...at(address), body: { secret } }))).name;

const keysQuery = (address: string) =>
  queryOptions({
    queryKey: ['sending', 'dkim', address] as const,
    queryFn: () => ok<Keys>(api.GET('/api/sending/mailboxes/{address}/dkim', at(address))),
  });

export const useKeys = (address: string) => useQuery(keysQuery(address));

function useKeyChange<Asked>(address: string, change: (asked: Asked) => Promise<Keys>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (now) => {
      client.setQueryData(keysQuery(address).queryKey, now);
      void client.invalidateQueries({ queryKey: ['sending', 'mailbox', address] });
    },
  });
}

export const usePrepare = (address: string) =>
  useKeyChange(address, ({ selector, pem }: { selector: string; pem: string }) =>
    ok<Keys>(
      api.PUT('/api/sending/mailboxes/{address}/dkim/{selector}', {
        params: { path: { address, selector } },
        body: { pem: pem || null },
      }),
    ),
  );

export const useSignWith = (address: string) =>
  useKeyChange(address, (selector: string) =>
    ok<Keys>(api.POST('/api/sending/mailboxes/{address}/dkim/{selector}/use', { params: { path: { address, selector } } })),
  );

export const useStopSigning = (address: string) =>
  useKeyChange(address, () => ok<Keys>(api.DELETE('/api/sending/mailboxes/{address}/dkim', at(address))));

const layoutQuery = (address: string) =>
  queryOptions({
    queryKey: ['sending', 'layout', address] as const,
    queryFn: () => ok<Layout>(api.GET('/api/sending/mailboxes/{address}/layout', at(address))),
    staleTime: Infinity,
  });

export const useLayout = (address: string) => useQuery(layoutQuery(address));

/** `null` takes the layout away: plain HTML again. */
export function useSetLayout(address: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (mjml: string | null) =>
      ok<Layout>(
        mjml === null
          ? api.DELETE('/api/sending/mailboxes/{address}/layout', at(address))
          : api.PUT('/api/sending/mailboxes/{address}/layout', { ...at(address), body: { mjml } }),
      ),
    onSuccess: (now) => {
      client.setQueryData(layoutQuery(address).queryKey, now);
      void client.invalidateQueries({ queryKey: ['sending', 'mailbox', address] });
    },
  });
}

export const useTryLayout = (address: string) =>
  useMutation({
    mutationFn: (mjml: string) =>
      ok<Schemas['LayoutTried']>(api.POST('/api/sending/mailboxes/{address}/layout/preview', { ...at(address), body: { mjml } })),
  });
