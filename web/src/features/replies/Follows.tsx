// What the sequence does after a reply, as it is now.
import { Part } from '@/components/Screen';
import { moment } from '@/lib/time';

import classes from './replies.module.css';
import type { Reply } from './queries';
import { say, worded } from './texts';

export function Follows({ reply }: { reply: Reply }) {
  const { sequence, next_step: step, due_at: due, stop_reason: stopped, closed_reason: closed } = reply;
  const isOn = sequence === 'active' || sequence === 'paused';
  return (
    <Part title={say('follows')}>
      <p className={classes.follows} role="status">
        {worded(`sequence_${sequence}`, sequence)} {isOn && due && say('nextStep', { step, when: moment(due) })}{' '}
        {closed
          ? say('closed', { reason: worded(`reason_${closed}`, closed) })
          : sequence === 'stopped' && stopped && say('because', { reason: worded(`reason_${stopped}`, stopped) })}
      </p>
    </Part>
  );
}
