// How mail leaves, as a person types it, and what of it the server is asked for.
import { keepSecret } from './keeping';
import type { Mailbox, Way } from './mailboxes';
import { say } from './texts';

export const WAYS = [
  { value: 'maildir', label: say('folderOnThisMachine') },
  { value: 'smtp', label: say('mailServerSmtp') },
  { value: 'resend', label: 'Resend' },
  { value: 'sendgrid', label: 'SendGrid' },
  { value: 'ses', label: 'Amazon SES' },
  { value: 'mailgun', label: 'Mailgun' },
  { value: 'postmark', label: 'Postmark' },
  { value: 'gmail', label: 'Gmail' },
  { value: 'graph', label: 'Microsoft 365' },
] as const;

/** What a provider may be told besides its secret. */
export const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  sendgrid: ['region'],
  ses: ['region', 'configuration_set'],
  mailgun: ['region', 'domain'],
  postmark: ['stream'],
  gmail: ['user'],
  graph: ['user', 'tenant', 'client_id'],
};

export interface WayWords {
  way: string;
  smtp: string;
  smtp_tls: string;
  smtp_user: string;
  /** Typed here, it is kept sealed; empty, what is there stays. */
  secret: string;
  /** The name of a secret that is kept already. */
  secret_file: string;
  provider: Record<string, string>;
}

export const NO_WAY: WayWords = {
  way: 'maildir', smtp: '', smtp_tls: 'starttls', smtp_user: '', secret: '', secret_file: '', provider: {},
}; // prettier-ignore

export const wayWords = (box: Mailbox): WayWords => ({
  way: box.transport,
  smtp: box.server ?? '',
  smtp_tls: box.smtp_tls,
  smtp_user: box.user ?? '',
  secret: '',
  secret_file: box.secret ?? '',
  provider: { ...box.provider },
});

/** Keeps a secret that was typed, then says how mail leaves. */
export async function wayOf(address: string, words: WayWords): Promise<Way> {
  const isServer = words.way === 'smtp';
  const needsSecret = isServer ? words.smtp_user.trim() !== '' : words.way !== 'maildir';
  let file = needsSecret ? words.secret_file.trim() : '';
  if (needsSecret && words.secret) file = await keepSecret(address, words.secret);
  const told = (OPTIONS[words.way] ?? []).map((name) => [name, words.provider[name]?.trim() ?? ''] as const);
  return {
    transport: words.way as 'smtp',
    smtp: isServer ? words.smtp.trim() : null,
    smtp_tls: words.smtp_tls as 'starttls',
    smtp_user: isServer ? words.smtp_user.trim() || null : null,
    secret_file: file || null,
    provider: Object.fromEntries(told.filter(([, value]) => value !== '')),
  };
}
