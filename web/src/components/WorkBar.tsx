// Work that goes on: what happens now, and how much of it is done.
import type { Work } from '@/api/work';
import { number } from '@/lib/texts/format';

import classes from './WorkBar.module.css';
import { say } from './texts';

export function WorkBar({ work, title }: { work: Work | undefined; title: string }) {
  const share = work?.total ? Math.min(1, work.done / work.total) : undefined;
  const count = work && work.done > 0 ? told(work.done, work.total) : '';
  return (
    <div className={classes.work} role="status">
      <p className={classes.title}>{title}</p>
      <p className={classes.stage}>
        {work?.stage || say('starting')}
        {count && <span>{count}</span>}
      </p>
      <div
        className={classes.track}
        role="progressbar"
        aria-label={title}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(share === undefined ? {} : { 'aria-valuenow': Math.round(share * 100) })}
        data-open={share === undefined || undefined}
      >
        <span style={{ width: share === undefined ? '30%' : `${share * 100}%` }} />
      </div>
      <p className={classes.note}>{say('goesOn')}</p>
    </div>
  );
}

function told(done: number, total: number | null | undefined): string {
  return total ? say('doneOf', { done, total }) : number(done);
}
