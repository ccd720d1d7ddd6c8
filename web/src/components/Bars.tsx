// A chart that is its own table: a name, a bar, the count, and what share that is.
import type { ReactNode } from 'react';

import { number } from '@/lib/texts/format';

import classes from './Bars.module.css';
import { say } from './texts';

export interface Bar {
  name: string;
  count: number;
  /** Of how many; the bar's length and the share come from it. */
  of: number;
  tone?: 'good' | 'warn' | 'bad';
  /** Said instead of the share. */
  note?: ReactNode;
}

interface Props {
  caption: string;
  bars: readonly Bar[];
  /** What the share is of, for the column's head. */
  share?: string;
}

export function Bars({ caption, bars, share = say('share') }: Props) {
  return (
    <table className={classes.bars}>
      <caption className="only-read-aloud">{caption}</caption>
      <thead className="only-read-aloud">
        <tr>
          <th scope="col">{say('name')}</th>
          <th scope="col">{say('count')}</th>
          <th scope="col">{share}</th>
        </tr>
      </thead>
      <tbody>
        {bars.map((bar) => (
          <tr key={bar.name}>
            <th scope="row" className={classes.name}>
              {bar.name}
              <span className={classes.track} aria-hidden="true" data-tone={bar.tone}>
                <span style={{ width: `${width(bar)}%` }} />
              </span>
            </th>
            <td className={classes.count}>{number(bar.count)}</td>
            <td className={classes.share}>{bar.note ?? percent(bar.count, bar.of)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function width({ count, of }: Bar): number {
  return of > 0 ? Math.min(100, (count / of) * 100) : 0;
}

/** `12 %`, `1.4 %`, or nothing where there is nothing to take a share of. */
export function percent(count: number, of: number): string {
  if (of <= 0) return '';
  const share = (count / of) * 100;
  return `${share > 0 && share < 10 ? share.toFixed(1) : Math.round(share)} %`;
}
