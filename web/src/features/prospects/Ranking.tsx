// The ranking as a table: place, account, score, reasons, people.
import { Link } from '@tanstack/react-router';

import { Table } from '@/components/Screen';
import { dated, relative, useNow } from '@/lib/time';

import parts from '@/components/parts.module.css';
import classes from './prospects.module.css';
import bar from './score.module.css';
import type { Line } from './queries';
import { say, worded } from './texts';

const TONES: Readonly<Record<string, string>> = { sequenced: 'good', exhausted: 'warn' };
const HEAD = ['place', 'account', 'score', 'why', 'people', 'facts', 'status', 'lastTouch'] as const;

export function Ranking({ lines }: { lines: readonly Line[] }) {
  const now = useNow(60_000);
  return (
    <Table
      label={say('table')}
      head={HEAD.map((name) => say(name))}
      numbers={[say('people'), say('facts')]}
    >
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
          <td className={classes.why}>{line.why ? dated(line.why) : say('notScored')}</td>
          <td className="tabular">
            {line.contacts}
            {line.closed > 0 && <span className={classes.closed}>{say('closed', { count: line.closed })}</span>}
          </td>
          <td className="tabular">{line.facts}</td>
          <td>
            <span className={parts.badge} data-tone={TONES[line.status]}>
              {worded(`status_${line.status}`, line.status)}
            </span>
          </td>
          <td className={classes.when}>
            {line.last_touch_at ? relative(line.last_touch_at, now) : <span className="quiet">{say('never')}</span>}
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Points({ line }: { line: Line }) {
  if (line.points === null) return <span className="quiet">{say('none')}</span>;
  const known = Math.round((line.coverage ?? 0) * 100);
  return (
    <div className={classes.points} title={say('knownTitle', { share: known })}>
      <strong className="tabular">{line.points.toFixed(1)}</strong>
      <span className={bar.track} aria-hidden="true">
        <span style={{ width: `${Math.min(100, line.points)}%` }} />
      </span>
      {known < 100 && <span className={classes.under}>{say('known', { share: known })}</span>}
    </div>
  );
}
