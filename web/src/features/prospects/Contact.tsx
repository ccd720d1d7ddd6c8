// One person: may we write, where in which sequence, text messages, and who was in touch.
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';

import { again } from '@/api/client';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import parts from '@/components/parts.module.css';
import { Part, Screen } from '@/components/Screen';
import { touchOf } from '@/components/touchTexts';
import { sentence } from '@/lib/texts/format';
import { clockIn, moment, useNow } from '@/lib/time';

import classes from './account.module.css';
import { useContact, type Contact as Found } from './contactQueries';
import { say, worded } from './contactTexts';
import { May, standing } from './People';
import { TextMessages } from './TextMessages';
import { NoteTouch } from './Touched';

export function Contact() {
  const { contact } = useParams({ from: '/inside/prospects/people/$contact' });
  const found = useContact(contact);
  if (!found.data)
    return (
      <Screen title={say('person')} about="">
        {found.isError ? <Failed error={found.error} {...again(found)} /> : <Loading lines={12} />}
      </Screen>
    );
  const { account, account_id: id, name, title } = found.data;
  return (
    <Screen
      title={name}
      about={[title, say('at', { account })].filter(Boolean).join(' ')}
      aside={<May person={found.data} />}
      above={
        <Link to="/prospects/$account" params={{ account: id }} className={parts.back}>
          <IconArrowLeft size={14} aria-hidden /> {account}
        </Link>
      }
    >
      <Body person={found.data} />
    </Screen>
  );
}

function Body({ person }: { person: Found }) {
  return (
    <div className={classes.two}>
      <div>
        <Part title={say('contact')}>
          <Reach person={person} />
        </Part>
        <Part title={say('campaigns')}>
          <Campaigns person={person} />
        </Part>
        <TextMessages person={person} />
      </div>
      <aside aria-label={say('touches')}>
        <Part title={say('touches')} act={<NoteTouch person={person} />}>
          <Touches person={person} />
        </Part>
      </aside>
    </div>
  );
}

function Reach({ person }: { person: Found }) {
  const time = clockIn(person.timezone, useNow(60_000));
  const zone = time ? say('zone', { zone: person.timezone ?? '', time }) : person.timezone;
  return (
    <dl className={`${parts.card} ${parts.facts}`}>
      <dt>{say('email')}</dt>
      <dd>{person.email}</dd>
      <dt>{say('phone')}</dt>
      <dd>{say(person.has_phone ? 'hasPhone' : 'noPhone')}</dd>
      <dt>{say('where')}</dt>
      <dd>{[person.country, zone].filter(Boolean).join(' · ') || say('unknown')}</dd>
      <dt>{say('source')}</dt>
      <dd>{worded(`source_${person.source}`, person.source)}</dd>
      {person.why_not && (
        <>
          <dt>{say('mayWrite')}</dt>
          <dd>{sentence(person.why_not)}</dd>
        </>
      )}
    </dl>
  );
}

function Campaigns({ person }: { person: Found }) {
  if (person.campaigns.length === 0) return <p className={classes.none}>{say('noCampaign')}</p>;
  return (
    <ul className={classes.people}>
      {person.campaigns.map((one) => (
        <li key={one.campaign_id} className={classes.person}>
          <Link to="/campaigns/$campaign" params={{ campaign: one.campaign_id }} className={parts.name}>
            {one.campaign}
          </Link>
          <p className={classes.under}>{standing(one)}</p>
        </li>
      ))}
    </ul>
  );
}

const MOST = 50;

function Touches({ person }: { person: Found }) {
  if (person.touches.length === 0) return <p className={classes.none}>{say('noTouch')}</p>;
  return (
    <>
      <ol className={classes.timeline}>
        {person.touches.map((touch) => (
          <li key={`${touch.at}-${touch.channel}-${touch.what ?? ''}`} className={classes.event} data-kind={touch.direction === 'in' ? 'good' : ''}>
            <p className={classes.what}>
              {touchOf(touch)}
            </p>
            <time className={classes.at} dateTime={touch.at}>
              {moment(touch.at)}
            </time>
          </li>
        ))}
      </ol>
      {person.touches.length >= MOST && <p className="quiet">{say('touchesNewest', { count: MOST })}</p>}
    </>
  );
}
