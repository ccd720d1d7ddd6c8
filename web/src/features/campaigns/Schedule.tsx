// What the steps as they stand now would do: the days of somebody new, and who in flight would move.
import { Notice, Trouble } from '@/components/Notice';
import { Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { moment } from '@/lib/time';

import classes from './editor.module.css';
import { purposeOf } from './purposes';
import { usePreview, type Move, type Planned, type valuesOf } from './steps';
import { say } from './texts';

const CHANNEL: Readonly<Record<string, string>> = { email: say('channelMail'), linkedin: say('channelLinkedin'), call: say('channelCall'), sms: say('channelSms') };

interface Props {
  campaign: string;
  values: ReturnType<typeof valuesOf>;
  isInFlight: boolean;
}

export function Schedule({ campaign, values, isInFlight }: Props) {
  const found = usePreview(campaign, values);
  return (
    <div aria-live="polite">
      {found.isError && <Trouble error={found.error} />}
      {found.data && !found.isError && (
        <>
          <h3 className={classes.small}>{say('somebodyWhoEnrolledToday')}</h3>
          <Days days={found.data.schedule} />
          <h3 className={classes.small}>{say('peopleWhoAreNow')}</h3>
          <Moves moves={found.data.moves} isInFlight={isInFlight} />
        </>
      )}
    </div>
  );
}

function Days({ days }: { days: readonly Planned[] }) {
  return (
    <ol className={classes.days} aria-label={say('wholeSchedule')}>
      {days.map((step) => (
        <li key={step.number}>
          <span className={classes.date}>
            {step.date ? new Date(step.date).toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short' }) : say('byReply')}
          </span>
          <span>
            <strong>{CHANNEL[step.channel] ?? step.channel}</strong> <span className="quiet">{purposeOf(step.purpose)}</span>
            {step.arms.length > 0 && <span className={parts.under}>{step.arms.join(' or ')}</span>}
          </span>
          <span className="quiet tabular">{step.day === null ? '' : say('onDay', { day: step.day })}</span>
        </li>
      ))}
    </ol>
  );
}

function Moves({ moves, isInFlight }: { moves: readonly Move[]; isInFlight: boolean }) {
  const changed = moves.filter((move) => move.changes);
  const drafts = changed.reduce((sum, move) => sum + move.void_drafts.length, 0);
  if (moves.length === 0) return <p className={parts.none}>{say('nobodyYet')}</p>;
  if (!isInFlight)
    return (
      <Notice>
        {say('keepSteps', { count: moves.length })}
      </Notice>
    );
  if (changed.length === 0) return <Notice tone="good">{say('nothingChanges', { count: moves.length })}</Notice>;
  return (
    <>
      <Notice tone="warn">
        {say('changesWay', { changed: changed.length, all: moves.length })} {drafts > 0 && say('withdrawn', { count: drafts })}
      </Notice>
      <Table label={say('whoWouldMove')} head={[say('person'), say('nextStep'), say('due')]}>
        {changed.slice(0, 50).map((move) => (
          <tr key={move.enrollment_id}>
            <td>{move.contact}</td>
            <td>
              {move.step_now?.number ?? say('none')} → {move.step_then?.number ?? say('end')}
            </td>
            <td className={parts.when}>{move.due_then ? moment(move.due_then) : say('never')}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}
