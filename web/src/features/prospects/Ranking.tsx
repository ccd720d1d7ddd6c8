// The ranking as a table: place, account, score, reasons, people.
import { Link } from '@tanstack/react-router';

import { Table } from '@/components/Screen';
import { relative, useNow } from '@/lib/time';

import classes from './prospects.module.css';
import type { Line } from './queries';
import { STATUS } from './words';

export function Ranking({ lines }: { lines: readonly Line[] }) {
  const now = useNow(60_000);
  return (
    <Table label="Accounts" head={['#', 'Account', 'Score', 'Why', 'People', 'Facts', 'Status', 'Last touch']}>
      {lines.map((line, place) => (
        <tr key={line.id} className={classes.row}>
          <td className={classes.place}>{place + 1}</td>
          <td className={classes.account}>
            <Link to="/prospects/$account" params={{ account: line.id }} className={classes.name}>
              {line.name}
            </Link>
            <span className={classes.under}>{line.domain ?? line.industry}</span>
          </td>
          <td>
            <Points line={line} />
          </td>
          <td className={classes.why}>{line.why || 'Not scored yet'}</td>
          <td className="tabular">
            {line.contacts}
            {line.closed > 0 && <span className={classes.closed}>{line.closed} closed</span>}
          </td>
          <td className="tabular">{line.facts}</td>
          <td>
            <span className={classes.status} data-status={line.status}>
              {STATUS[line.status] ?? line.status}
            </span>
          </td>
          <td className={classes.when}>
            {line.last_touch_at ? relative(line.last_touch_at, now) : <span className="quiet">never</span>}
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Points({ line }: { line: Line }) {
  if (line.points === null) return <span className="quiet">none</span>;
  const known = Math.round((line.coverage ?? 0) * 100);
  return (
    <div className={classes.points} title={`${known} % of what the score looks at is known`}>
      <strong className="tabular">{line.points.toFixed(1)}</strong>
      <span className={classes.track} aria-hidden="true">
        <span style={{ width: `${Math.min(100, line.points)}%` }} />
      </span>
      {known < 100 && <span className={classes.under}>{known} % known</span>}
    </div>
  );
}
