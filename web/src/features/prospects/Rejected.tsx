// Rows that would not go in, each with its line, its column and why.
import { Notice } from '@/components/Notice';
import { Table } from '@/components/Screen';

import classes from './importing.module.css';
import type { Check } from './importing';

export function Rejected({ check }: { check: Check }) {
  const { rejected, rejected_count: count } = check;
  if (count === 0) return <Notice tone="good">Every row that was looked at can go in.</Notice>;
  return (
    <>
      <Table label="Rejected rows" head={['Line', 'Column', 'What stands there', 'Why not']}>
        {rejected.map((row) => (
          <tr key={`${row.line}-${row.column}`}>
            <td className="tabular">{row.line}</td>
            <td>{row.column || <span className="quiet">the row</span>}</td>
            <td className={classes.value}>{row.value || <span className="quiet">nothing</span>}</td>
            <td>{row.reason}</td>
          </tr>
        ))}
      </Table>
      {count > rejected.length && (
        <p className="quiet">
          And {(count - rejected.length).toLocaleString('en')} more. After the import all of them can be downloaded, mended and imported again.
        </p>
      )}
    </>
  );
}
