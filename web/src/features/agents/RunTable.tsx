// Runs as a table: when, how each ended, what it took, what came of it.
import { Link } from '@tanstack/react-router';

import { Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { duration, number, usd } from '@/lib/texts/format';
import { moment } from '@/lib/time';

import classes from './agents.module.css';
import type { Run } from './queries/runs';
import { State } from './State';
import { say } from './texts';

const TOLD = new Set(['Tools:', 'Cost:']);

/** What came of a run, without the lines that the other columns say. */
export function outcomeOf(run: Run): string {
  if (run.error) return run.error;
  const lines = (run.summary ?? '').split('\n').filter((line) => !TOLD.has(line.split(' ')[0] ?? ''));
  const [headline = '', ...rest] = lines;
  const short = headline.startsWith(`${run.agent_name} `) ? headline.slice(run.agent_name.length + 1) : headline;
  return [short.charAt(0).toUpperCase() + short.slice(1), ...rest].join(' ');
}

export function RunTable({ runs, withAgent = true }: { runs: readonly Run[]; withAgent?: boolean }) {
  const head = [say('started'), say('agent'), say('state'), say('outcome'), say('steps'), say('cost'), say('took')];
  return (
    <Table label={say('runs')} head={withAgent ? head : head.filter((name) => name !== say('agent'))}
      numbers={[say('steps'), say('cost'), say('took')]}
    >
      {runs.map((run) => (
        <tr key={run.id} className={parts.row}>
          <td className={parts.when}>
            <Link to="/agents/runs/$run" params={{ run: run.id }} className={parts.name}>
              {moment(run.started_at)}
            </Link>
          </td>
          {withAgent && (
            <td>
              {run.agent_name}
              {run.campaign && <span className={parts.under}>{run.campaign}</span>}
            </td>
          )}
          <td>
            <State status={run.status} />
          </td>
          <td>
            <span className={classes.outcome}>{outcomeOf(run)}</span>
          </td>
          <td className="tabular">{number(run.steps)}</td>
          <td className="tabular">{usd(run.cost_usd)}</td>
          <td className={`${parts.when} tabular`}>{run.seconds === null ? say('stillRunning') : duration(run.seconds * 1000)}</td>
        </tr>
      ))}
    </Table>
  );
}
