// Everything that happened at an account, the newest first; drafts and mails lead to their pages.
import { Link } from '@tanstack/react-router';

import { moment } from '@/lib/time';

import classes from './account.module.css';
import type { Happening } from './queries';
import { plain, SOURCES } from './words';

const DID: Readonly<Record<string, string>> = {
  approve: 'approved',
  edit: 'edited',
  reject: 'rejected',
};
const CAME: Readonly<Record<string, string>> = {
  reply: 'wrote back',
  opt_out: 'asked to stop',
  auto_reply: 'answered automatically',
  bounce: 'mail came back',
  complaint: 'complained',
};
const LEFT: Readonly<Record<string, string>> = {
  sent: 'Mail sent',
  queued: 'Mail queued',
  deferred: 'Mail waits',
  failed: 'Mail failed',
  cancelled: 'Mail cancelled',
  unknown: 'Nobody knows whether the mail left',
};

export function Timeline({ events }: { events: readonly Happening[] }) {
  if (events.length === 0) return <p className={classes.none}>Nothing happened yet.</p>;
  return (
    <ol className={classes.timeline}>
      {events.map((event, place) => (
        <li key={`${event.at}-${place}`} className={classes.event} data-kind={tone(event)}>
          <p className={classes.what}>{told(event)}</p>
          {event.subject && event.draft !== null && (
            <p className={classes.subject}>
              <Link to="/inbox/$number" params={{ number: String(event.draft) }}>
                {event.subject}
              </Link>
              {event.message_id && event.what === 'sent' && (
                <>
                  {' · '}
                  <Link to="/trace" search={{ id: event.message_id }}>
                    Trace
                  </Link>
                </>
              )}
            </p>
          )}
          <time className={classes.at} dateTime={event.at}>
            {moment(event.at)}
          </time>
        </li>
      ))}
    </ol>
  );
}

function tone(event: Happening): string {
  if (event.kind === 'reply') return event.what === 'reply' ? 'good' : event.what === 'auto_reply' ? '' : 'bad';
  if (event.kind === 'decision') return event.what === 'reject' ? 'bad' : 'good';
  return '';
}

function told(event: Happening): string {
  const to = event.contact ? ` to ${event.contact}` : '';
  switch (event.kind) {
    case 'research':
      return `Read: ${SOURCES[event.what] ?? plain(event.what)}`;
    case 'draft':
      return `Draft ${event.draft} ${event.what}${to}`;
    case 'decision':
      return `${event.by ?? 'Somebody'} ${DID[event.what] ?? event.what} draft ${event.draft}`;
    case 'mail':
      return `${LEFT[event.what] ?? plain(event.what)}${to}`;
    case 'reply':
      return `${event.contact ?? 'Somebody'} ${CAME[event.what] ?? plain(event.what).toLowerCase()}`;
    default:
      return `${plain(event.what)}${event.contact ? ` with ${event.contact}` : ''}`;
  }
}
