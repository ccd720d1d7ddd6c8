// One mailbox, our domains, and a word on what is unknown. Queries `sending, …`.
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';
import { keepNewer } from '@/api/newer';

export type Mailbox = Schemas['MailboxShown'];
export type Change = Schemas['MailboxChange'];
export type Wanted = Schemas['MailboxWanted'];
export type Domains = Schemas['Domains'];
export type Finding = Schemas['DomainFinding'];
export type Way = Schemas['Way'];

const at = (address: string) => ({ params: { path: { address } } });

const mailboxQuery = (address: string) =>
  queryOptions({
    queryKey: ['sending', 'mailbox', address] as const,
    queryFn: () => ok<Mailbox>(api.GET('/api/sending/mailboxes/{address}', at(address))),
    retry: false,
  });

export const useMailbox = (address: string) => useQuery(mailboxQuery(address));

function useFresh(address?: string) {
  const client = useQueryClient();
  return async (now: Mailbox) => {
    await keepNewer(client, mailboxQuery(address ?? now.address).queryKey, now);
    void client.invalidateQueries({ queryKey: ['sending', 'desk'] });
    void client.invalidateQueries({ queryKey: ['start'] });
  };
}

export function useChange(address: string) {
  const fresh = useFresh(address);
  return useMutation({
    mutationFn: (body: Change) => ok<Mailbox>(api.PATCH('/api/sending/mailboxes/{address}', { ...at(address), body })),
    onSuccess: fresh,
  });
}

export function useAdd() {
  const fresh = useFresh();
  return useMutation({
    mutationFn: (body: Wanted) => ok<Mailbox>(api.POST('/api/sending/mailboxes', { body })),
    onSuccess: fresh,
  });
}

export const useTry = (address: string) =>
  useMutation({
    mutationFn: () => ok<Schemas['Trial']>(api.POST('/api/sending/mailboxes/{address}/test', at(address))),
  });

export function useRelease(address: string) {
  const fresh = useFresh(address);
  return useMutation({
    mutationFn: (reason: string) =>
      ok<Mailbox>(api.POST('/api/sending/mailboxes/{address}/release', { ...at(address), body: { reason } })),
    onSuccess: fresh,
  });
}

export type Word = Schemas['Word'];

export function useSettle() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Word) => ok<Schemas['Settled']>(api.POST('/api/sending/settle', { body })),
    onSettled: () => client.invalidateQueries({ queryKey: ['sending'] }),
  });
}

const domainsQuery = queryOptions({
  queryKey: ['sending', 'domains'],
  queryFn: () => ok<Domains>(api.GET('/api/sending/domains')),
});

export const useDomains = () => useQuery(domainsQuery);

export function useSetDomain() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ domain, purpose }: { domain: string; purpose: 'brand' | 'transactional' | 'outbound' }) =>
      ok<Domains>(api.PUT('/api/sending/domains/{domain}', { params: { path: { domain } }, body: { purpose } })),
    onSuccess: (now) => client.setQueryData(domainsQuery.queryKey, now),
  });
}

function useDomainsChange<Asked>(change: (asked: Asked) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => client.invalidateQueries({ queryKey: ['sending'] }) });
}

export const useForget = (domain: string) =>
  useDomainsChange(() => ok(api.DELETE('/api/sending/domains/{domain}', { params: { path: { domain } } })));

export const useReleaseDomain = (domain: string) =>
  useDomainsChange((reason: string) =>
    ok<Domains>(api.POST('/api/sending/domains/{domain}/release', { params: { path: { domain } }, body: { reason } })),
  );

export const useDoctor = (domain: string) =>
  useMutation({
    mutationFn: () =>
      ok<Schemas['DomainHealth']>(api.POST('/api/sending/domains/{domain}/doctor', { params: { path: { domain } } })),
  });
