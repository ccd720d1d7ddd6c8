// What to do: the words, whom to call, and for a text message what allows it.
import { Link } from '@tanstack/react-router';

import { Copy } from '@/components/Copied';
import desk from '@/components/Desk.module.css';
import parts from '@/components/parts.module.css';
import { Part } from '@/components/Screen';
import { clockIn, day, useNow } from '@/lib/time';

import type { Task } from './queries';
import classes from './tasks.module.css';
import { say } from './texts';

const titleOf = (task: Task) => {
  if (task.kind === 'sms') return say('wordsOfText', { count: [...task.text].length });
  return say(task.kind === 'answer' ? 'wordsOfAnswer' : 'whatToDo');
};

export function What({ task }: { task: Task }) {
  return (
    <Part title={titleOf(task)} act={task.kind === 'linkedin' && <Copy value={task.text} name={say('theWords')} />}>
      <p className={`${desk.body} ${classes.words}`}>{task.text}</p>
      {(task.kind === 'call' || task.kind === 'sms') && (
        <dl className={`${parts.facts} ${classes.facts}`}>
          <Phone task={task} />
          {task.kind === 'sms' && <Consent task={task} />}
        </dl>
      )}
    </Part>
  );
}

function Phone({ task }: { task: Task }) {
  const time = clockIn(task.timezone, useNow(60_000));
  // Of a task that is over, and to who may not do it, the number is not shown. A void one can be told done.
  const isOpen = task.can.approve?.allowed || task.can.skip?.allowed;
  if (!task.phone && !isOpen) return null;
  return (
    <>
      <dt>{say('phone')}</dt>
      <dd>
        {task.phone ? (
          <a href={`tel:${task.phone.replace(/[^+\d]/g, '')}`} className={classes.phone}>
            {task.phone}
          </a>
        ) : (
          say('noPhone')
        )}
        {time && <span className="quiet"> · {say('localTime', { time })}</span>}
      </dd>
    </>
  );
}

function Consent({ task }: { task: Task }) {
  const { consent } = task;
  const isGone = consent?.revoked_at != null;
  return (
    <>
      <dt>{say('consent')}</dt>
      <dd>
        {consent === null && <span className={classes.bad}>{say('noConsent')}</span>}
        {consent &&
          (consent.noted_by
            ? say('consentGivenBy', { source: consent.source, who: consent.noted_by, day: day(consent.given_at) })
            : say('consentGiven', { source: consent.source, day: day(consent.given_at) }))}
        {isGone && <span className={classes.bad}> {say('consentGone', { day: day(consent.revoked_at ?? '') })}</span>}
        {(consent === null || isGone) && (
          <>
            {' '}
            <Link to="/prospects/people/$contact" params={{ contact: task.contact_id }} className={classes.inWords}>
              {say('noteConsent')}
            </Link>
          </>
        )}
      </dd>
    </>
  );
}
