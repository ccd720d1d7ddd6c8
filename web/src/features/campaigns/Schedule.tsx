// What the steps as they stand now would do: the days of somebody new, and who in flight would move.
import { Notice, Trouble } from '@/components/Notice';
import { Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { moment } from '@/lib/time';

import classes from './editor.module.css';
import { usePreview, type Move, type Planned, type valuesOf } from './steps';

const CHANNEL: Readonly<Record<string, string>> = { email: 'Mail', linkedin: 'LinkedIn', call: 'Call', sms: 'Text message' };

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
          <h3 className={classes.small}>Somebody who is enrolled today and never answers</h3>
          <Days days={found.data.schedule} />
          <h3 className={classes.small}>People who are in it now</h3>
          <Moves moves={found.data.moves} isInFlight={isInFlight} />
        </>
      )}
    </div>
  );
}

function Days({ days }: { days: readonly Planned[] }) {
  return (
    <ol className={classes.days} aria-label="The whole schedule">
      {days.map((step) => (
        <li key={step.number}>
          <span className={classes.date}>
            {step.date ? new Date(step.date).toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short' }) : 'by a reply'}
          </span>
          <span>
            <strong>{CHANNEL[step.channel] ?? step.channel}</strong> <span className="quiet">{step.purpose.replaceAll('_', ' ')}</span>
            {step.arms.length > 0 && <span className={parts.under}>{step.arms.join(' or ')}</span>}
          </span>
          <span className="quiet tabular">{step.day === null ? '' : `day ${step.day}`}</span>
        </li>
      ))}
    </ol>
  );
}

function Moves({ moves, isInFlight }: { moves: readonly Move[]; isInFlight: boolean }) {
  const changed = moves.filter((move) => move.changes);
  const drafts = changed.reduce((sum, move) => sum + move.void_drafts.length, 0);
  if (moves.length === 0) return <p className={parts.none}>Nobody is in it yet.</p>;
  if (!isInFlight)
    return (
      <Notice>
        {moves.length.toLocaleString('en')} {moves.length === 1 ? 'person keeps' : 'people keep'} the steps that they began with.
      </Notice>
    );
  if (changed.length === 0) return <Notice tone="good">Nothing changes for the {moves.length} who are in it.</Notice>;
  return (
    <>
      <Notice tone="warn">
        It changes the way of {changed.length} of {moves.length}.{' '}
        {drafts > 0 && `${drafts} ${drafts === 1 ? 'draft does' : 'drafts do'} not fit any more and ${drafts === 1 ? 'is' : 'are'} withdrawn.`}
      </Notice>
      <Table label="Who would move" head={['Person', 'Next step', 'Due']}>
        {changed.slice(0, 50).map((move) => (
          <tr key={move.enrollment_id}>
            <td>{move.contact}</td>
            <td>
              {move.step_now?.number ?? 'none'} → {move.step_then?.number ?? 'the end'}
            </td>
            <td className={parts.when}>{move.due_then ? moment(move.due_then) : 'never'}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}
