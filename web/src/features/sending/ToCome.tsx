// What will leave, the next one first, in the recipient's own time, and why not sooner.
import { Link } from '@tanstack/react-router';

import parts from '@/components/parts.module.css';
import { Table } from '@/components/Screen';
import { wall } from '@/lib/time';

import type { ToCome as Line } from './queries';
import { say } from './texts';

export function ToCome({ lines }: { lines: readonly Line[] }) {
  if (lines.length === 0)
    return <p className={parts.none}>{say('nothingApprovedWaitsApprove')}</p>;
  return (
    <Table head={[say('leaves'), say('to'), say('mail'), say('status'), say('whyThen')]}>
      {lines.map((line) => (
        <tr key={`${line.draft}-${line.at}`}>
          <td className={parts.when}>
            {wall(line.local)}
            <span className="quiet"> {line.zone.split('/').at(-1)?.replaceAll('_', ' ')}</span>
          </td>
          <td>
            {line.account}
            <br />
            <span className="quiet">{line.contact}</span>
          </td>
          <td>
            {line.draft === null ? (
              line.subject
            ) : (
              <Link to="/inbox/$number" params={{ number: String(line.draft) }}>
                {line.subject}
              </Link>
            )}
          </td>
          <td>{line.status}</td>
          <td className="quiet">{line.reason ?? say('due')}</td>
        </tr>
      ))}
    </Table>
  );
}
