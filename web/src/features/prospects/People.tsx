// The people of an account, and whether somebody may write to each, with the reason.
import { IconBan, IconCheck, IconClockPause } from '@tabler/icons-react';

import { moment } from '@/lib/time';

import classes from './account.module.css';
import type { Person } from './queries';

const CHANNELS: Readonly<Record<string, string>> = {
  email: 'mail',
  linkedin: 'LinkedIn',
  call: 'call',
  sms: 'text message',
};

export function People({ people }: { people: readonly Person[] }) {
  if (people.length === 0) return <p className={classes.none}>Nobody is known here yet.</p>;
  return (
    <ul className={classes.people}>
      {people.map((person) => (
        <li key={person.id} className={classes.person}>
          <div className={classes.who}>
            <p className={classes.first}>
              <strong>{person.name}</strong>
              <May person={person} />
            </p>
            <p className={classes.under}>
              {[person.title, person.email, person.country].filter(Boolean).join(' · ')}
            </p>
            {person.why_not && <p className={classes.whyNot}>{sentence(person.why_not)}</p>}
            {person.campaigns.map((one) => (
              <p key={one.campaign} className={classes.under}>
                {one.campaign}: {standing(one)}
              </p>
            ))}
          </div>
        </li>
      ))}
    </ul>
  );
}

function May({ person }: { person: Person }) {
  if (person.may_write)
    return (
      <span className={classes.may} data-may="yes">
        <IconCheck size={13} aria-hidden /> may be written to
      </span>
    );
  return (
    <span className={classes.may} data-may={person.is_closed ? 'never' : 'later'}>
      {person.is_closed ? <IconBan size={13} aria-hidden /> : <IconClockPause size={13} aria-hidden />}
      {person.is_closed ? 'never again' : 'not now'}
    </span>
  );
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function standing(one: Person['campaigns'][number]): string {
  if (one.status === 'stopped')
    return `stopped, ${(one.stop_reason ?? 'by a person').replaceAll('_', ' ')}`;
  if (one.status === 'finished') return 'finished';
  const next = `step ${one.next_step} by ${CHANNELS[one.next_channel] ?? one.next_channel}`;
  return `${one.status}, ${next}${one.due_at ? `, due ${moment(one.due_at)}` : ''}`;
}
