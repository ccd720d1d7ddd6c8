// What became of every mail that was queued, the newest first; each leads to its story.
import { Link } from '@tanstack/react-router';

import { useMay } from '@/api/me';
import parts from '@/components/parts.module.css';
import { Table } from '@/components/Screen';
import { moment } from '@/lib/time';

import classes from './sending.module.css';
import type { Sent } from './queries';
import { Settle } from './Settle';
import { say } from './texts';

const KINDS: Readonly<Record<string, string>> = {
  sent: 'good',
  failed: 'bad',
  unknown: 'bad',
  deferred: 'warn',
  cancelled: 'warn',
};

export function Outbox({ lines }: { lines: readonly Sent[] }) {
  const maySettle = useMay('sending.run');
  if (lines.length === 0) return <p className={parts.none}>{say('nothingWasQueuedYet')}</p>;
  return (
    <Table head={[say('when'), say('to'), say('mail'), say('status'), say('story')]}>
      {lines.map((line) => (
        <tr key={line.message_id}>
          <td className={parts.when}>{moment(line.sent_at ?? line.queued_at)}</td>
          <td>
            {line.account}
            <br />
            <span className="quiet">{line.contact}</span>
          </td>
          <td>
            <Link to="/inbox/$number" params={{ number: String(line.draft) }}>
              {line.subject}
            </Link>
          </td>
          <td>
            <span className={parts.badge} data-tone={KINDS[line.status] ?? ''}>
              {line.status}
            </span>
            {line.status === 'unknown' && maySettle && (
              <>
                {' '}
                <Settle line={line} />
              </>
            )}
            {line.reason && <p className={classes.reason}>{line.reason}</p>}
          </td>
          <td>
            <Link to="/trace" search={{ id: line.message_id }}>
              {say('trace')}
            </Link>
          </td>
        </tr>
      ))}
    </Table>
  );
}
