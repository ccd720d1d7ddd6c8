// What people decided, how long it took them, and why they said no.
import { Bars } from '@/components/Bars';

import classes from './overview.module.css';
import { Figures } from './Figures';
import type { Overview } from './queries';

export function Approvals({ approvals: found }: { approvals: Overview['approvals'] }) {
  const people = found.approved + found.edited + found.rejected;
  const all = people + found.without_person;
  if (all === 0)
    return <p className={classes.none}>Nothing was decided yet. Drafts wait in the inbox.</p>;
  const reasons = Object.entries(found.reasons);
  return (
    <div className={classes.card}>
      <Bars
        caption="Decisions"
        share="Share of all decisions"
        bars={[
          { name: 'Approved as it was', count: found.approved, of: all, tone: 'good' },
          { name: 'Edited', count: found.edited, of: all },
          { name: 'Rejected', count: found.rejected, of: all, tone: 'warn' },
          ...(found.without_person > 0
            ? [{ name: 'By a policy or a time limit', count: found.without_person, of: all }]
            : []),
        ]}
      />
      <Figures
        figures={[
          ['Approval rate', found.rate === null ? null : `${Math.round(found.rate * 100)} %`],
          ['Time to decide', duration(found.dwell_seconds)],
          ['Draft to decision', duration(found.wait_seconds)],
          ['Words changed', found.edit_words === null ? null : String(Math.round(found.edit_words))],
        ]}
      />
      <p className={classes.note}>
        Times and words are medians.
        {found.quick > 0 && ` ${found.quick} of the approvals came too quickly to have been read.`}
        {reasons.length > 0 &&
          ` Rejected for: ${reasons.map(([name, count]) => `${name.replaceAll('_', ' ')} (${count})`).join(', ')}.`}
      </p>
    </div>
  );
}

function duration(seconds: number | null): string | null {
  if (seconds === null) return null;
  if (seconds < 90) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}
