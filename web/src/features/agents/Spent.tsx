// What a day or a run may take, and how much of it is gone: a sentence and a bar.
import parts from '@/components/parts.module.css';
import { usd } from '@/lib/texts/format';

import classes from './agents.module.css';
import type { Agent } from './queries/agents';
import { say } from './texts';

interface Props {
  spent: number;
  limit: number;
  label: string;
}

/** A bar of what is gone; silent where there is no limit to draw it against. */
export function Spending({ spent, limit, label }: Props) {
  if (limit <= 0) return null;
  const share = Math.min(100, (spent / limit) * 100);
  return (
    <span
      className={`${parts.track} ${classes.spending}`}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={limit}
      aria-valuenow={Math.min(spent, limit)}
      aria-valuetext={say('ofBudget', { cost: usd(spent), budget: usd(limit) })}
      data-tone={share >= 90 ? 'bad' : share >= 70 ? 'warn' : undefined}
    >
      <span style={{ width: `${share}%` }} />
    </span>
  );
}

export function Today({ roster }: { roster: readonly Agent[] }) {
  const spent = roster.reduce((sum, one) => sum + Number(one.spent_today_usd), 0);
  const limit = roster[0]?.day_limit_usd ?? null;
  return (
    <div className={`${parts.card} ${classes.today}`}>
      <p>
        <strong>{say('spentToday')}</strong>{' '}
        {limit === null
          ? say('spentNoLimit', { spent: usd(spent) })
          : say('spentOf', { spent: usd(spent), limit: usd(limit) })}
      </p>
      {limit !== null && <Spending spent={spent} limit={Number(limit)} label={say('spentToday')} />}
    </div>
  );
}
