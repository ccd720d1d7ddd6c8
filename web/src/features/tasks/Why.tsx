// Why now: the step of its sequence, since when it is due, and who was in touch before.
import { Link } from '@tanstack/react-router';

import parts from '@/components/parts.module.css';
import { Part } from '@/components/Screen';
import { touchOf } from '@/components/touchTexts';
import { moment, relative, useNow } from '@/lib/time';

import type { Task } from './queries';
import classes from './tasks.module.css';
import { say, told, worded } from './texts';

export function Why({ task }: { task: Task }) {
  const now = useNow(60_000);
  const campaign = (
    <Link to="/campaigns/$campaign" params={{ campaign: task.campaign_id }}>
      {task.campaign}
    </Link>
  );
  const isLate = new Date(task.due_at).getTime() < now - 60_000;
  const due = { when: moment(task.due_at), ago: relative(task.due_at, now) };
  return (
    <Part title={say('whyNow')}>
      <div className={parts.card}>
        <p className={classes.why}>
          {task.kind === 'answer'
            ? told('answerIn', { campaign })
            : told('stepOf', {
                step: task.step,
                steps: task.steps,
                campaign,
                purpose: worded(`purpose_${task.purpose}`, task.purpose),
              })}{' '}
          {isLate ? say('dueSince', due) : say('dueNow', due)}{' '}
          {task.missed_at && task.can.skip?.allowed && say('wasMissed')}{' '}
          {task.sequence !== 'active' && worded(`sequence_${task.sequence}`, '')}
        </p>
        <Touches task={task} now={now} />
      </div>
    </Part>
  );
}

function Touches({ task, now }: { task: Task; now: number }) {
  if (task.touches.length === 0) return <p className={classes.why}>{say('noTouch')}</p>;
  return (
    <ol className={classes.touches}>
      {task.touches.map((touch) => (
        <li key={`${touch.at}-${touch.channel}-${touch.what ?? ''}`}>
          <span>{touchOf(touch)}</span>
          <time dateTime={touch.at} className="quiet" title={moment(touch.at)}>
            {relative(touch.at, now)}
          </time>
        </li>
      ))}
    </ol>
  );
}
