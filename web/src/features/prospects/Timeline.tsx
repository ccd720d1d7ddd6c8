// Everything that happened at an account, the newest first; drafts and mails lead to their pages.
import { Link } from '@tanstack/react-router';

import { moment } from '@/lib/time';

import classes from './account.module.css';
import type { Happening } from './queries';
import { say, worded } from './texts';
import { plain, sourceOf } from './words';

export function Timeline({ events }: { events: readonly Happening[] }) {
  if (events.length === 0) return <p className={classes.none}>{say('nothingHappened')}</p>;
  return (
    <ol className={classes.timeline}>
      {events.map((event, place) => (
        <li key={`${event.at}-${place}`} className={classes.event} data-kind={tone(event)}>
          <p className={classes.what}>{sentence(event)}</p>
          {event.subject && event.draft !== null && (
            <p className={classes.subject}>
              <Link to="/inbox/$number" params={{ number: String(event.draft) }}>
                {event.subject}
              </Link>
              {event.message_id && event.what === 'sent' && (
                <>
                  {' · '}
                  <Link to="/trace" search={{ id: event.message_id }}>
                    {say('trace')}
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

function sentence(event: Happening): string {
  const { contact, draft: number } = event;
  switch (event.kind) {
    case 'research':
      return say('didResearch', { source: sourceOf(event.what) });
    case 'draft':
      return contact
        ? say('didDraftTo', { number: number ?? '', what: event.what, contact })
        : say('didDraft', { number: number ?? '', what: event.what });
    case 'decision':
      return say('didDecide', {
        who: event.by ?? say('somebody'),
        what: worded(`did_${event.what}`, event.what),
        number: number ?? '',
      });
    case 'mail':
      return to('mailTo', worded(`left_${event.what}`, plain(event.what)), contact);
    case 'reply':
      return say('cameBack', {
        who: contact ?? say('somebody'),
        what: worded(`came_${event.what}`, plain(event.what).toLowerCase()),
      });
    default:
      return to('touched', plain(event.what), contact);
  }
}

const to = (key: 'mailTo' | 'touched', what: string, contact: string | null) =>
  contact ? say(key, { what, contact }) : what;
