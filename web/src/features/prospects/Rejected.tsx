// Rows that would not go in, each with its line, its column and why.
import { Notice } from '@/components/Notice';
import { Table } from '@/components/Screen';

import classes from './importing.module.css';
import type { Check } from './importing';
import { say } from './texts';

export function Rejected({ check }: { check: Check }) {
  const { rejected, rejected_count: count } = check;
  if (count === 0) return <Notice tone="good">{say('allCanGoIn')}</Notice>;
  return (
    <>
      <Table label={say('rejectedRows')} head={[say('line'), say('column'), say('value'), say('whyNot')]}>
        {rejected.map((row) => (
          <tr key={`${row.line}-${row.column}`}>
            <td className="tabular">{row.line}</td>
            <td>{row.column || <span className="quiet">{say('theRow')}</span>}</td>
            <td className={classes.value}>{row.value || <span className="quiet">{say('nothing')}</span>}</td>
            <td>{row.reason}</td>
          </tr>
        ))}
      </Table>
      {count > rejected.length && (
        <p className="quiet">{say('moreRejected', { count: count - rejected.length })}</p>
      )}
    </>
  );
}
