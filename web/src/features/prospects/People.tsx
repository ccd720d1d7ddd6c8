// The people of an account, and whether somebody may write to each, with the reason.
import { IconBan, IconCheck, IconClockPause } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';

import parts from '@/components/parts.module.css';
import { sentence } from '@/lib/texts/format';
import { moment } from '@/lib/time';

import classes from './account.module.css';
import type { Person } from './queries';
import { say, worded } from './texts';

export function People({ people }: { people: readonly Person[] }) {
  if (people.length === 0) return <p className={classes.none}>{say('nobodyKnown')}</p>;
  return (
    <ul className={classes.people}>
      {people.map((person) => (
        <li key={person.id} className={classes.person}>
          <div>
            <p className={classes.first}>
              <Link to="/prospects/people/$contact" params={{ contact: person.id }} className={parts.name}>
                {person.name}
              </Link>
              <May person={person} />
            </p>
            <p className={classes.under}>
              {[person.title, person.email, person.country].filter(Boolean).join(' · ')}
            </p>
            {person.why_not && <p className={classes.whyNot}>{sentence(person.why_not)}</p>}
            {person.campaigns.map((one) => (
              <p key={one.campaign} className={classes.under}>
                {say('inCampaign', { campaign: one.campaign, standing: standing(one) })}
              </p>
            ))}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** Whether somebody may write to this person, in a word. */
export function May({ person }: { person: Pick<Person, 'may_write' | 'is_closed'> }) {
  if (person.may_write)
    return (
      <span className={classes.may} data-may="yes">
        <IconCheck size={13} aria-hidden /> {say('may')}
      </span>
    );
  return (
    <span className={classes.may} data-may={person.is_closed ? 'never' : 'later'}>
      {person.is_closed ? <IconBan size={13} aria-hidden /> : <IconClockPause size={13} aria-hidden />}
      {say(person.is_closed ? 'neverAgain' : 'notNow')}
    </span>
  );
}

/** Where somebody stands in a campaign. */
export function standing(one: Person['campaigns'][number]): string {
  if (one.status === 'stopped')
    return say('stopped', { reason: (one.stop_reason ?? say('byPerson')).replaceAll('_', ' ') });
  if (one.status === 'finished') return say('finished');
  const next = {
    status: worded(`stand_${one.status}`, one.status),
    step: one.next_step,
    channel: worded(`channel_${one.next_channel}`, one.next_channel),
  };
  return one.due_at ? say('nextStepDue', { ...next, when: moment(one.due_at) }) : say('nextStep', next);
}
