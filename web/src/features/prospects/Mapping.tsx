// What each column is taken for, with what stands in it; a person may say otherwise.
import { NativeSelect } from '@mantine/core';

import { Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';

import classes from './importing.module.css';
import type { Check, Columns } from './importing';
import { say, worded } from './texts';

interface Props {
  check: Check;
  columns: Columns | undefined;
  change: (columns: Columns) => void;
}

export function Mapping({ check, columns, change }: Props) {
  const chosen = columns ?? check.column_map;
  const fieldOf = (column: string) => Object.entries(chosen).find(([, theirs]) => theirs === column)?.[0] ?? '';
  const set = (column: string, field: string) => {
    const next: Columns = {};
    for (const [ours, theirs] of Object.entries(chosen)) if (theirs !== column && ours !== field) next[ours] = theirs;
    if (field) next[field] = column;
    // An empty column switches a field off, so that it is not guessed again.
    for (const ours of Object.keys(check.column_map)) if (!(ours in next) && check.fields.includes(ours)) next[ours] = '';
    change(next);
  };
  return (
    <Table label={say('columns')} head={[say('inList'), say('firstRows'), say('takenFor')]}>
      {check.columns.map((column, place) => (
        <tr key={column}>
          <td>
            <strong>{column}</strong>
          </td>
          <td className={classes.sample}>
            {check.sample
              .slice(0, 3)
              .map((row) => row[place])
              .filter(Boolean)
              .join(' · ') || <span className="quiet">{say('empty')}</span>}
          </td>
          <td className={classes.pick}>
            <NativeSelect
              size="xs"
              aria-label={say('isTakenFor', { column })}
              value={fieldOf(column)}
              onChange={(event) => set(column, event.currentTarget.value)}
              data={[
                { value: '', label: say('notStored') },
                ...options(check, fieldOf(column)).map((field) => ({ value: field, label: worded(`field_${field}`, field) })),
              ]}
            />
            {!fieldOf(column) && <span className={parts.under}>{say('notKept')}</span>}
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** The fields, and the name under which a column is kept that fits none of them. */
const options = (check: Check, now: string) => (now && !check.fields.includes(now) ? [...check.fields, now] : check.fields);
