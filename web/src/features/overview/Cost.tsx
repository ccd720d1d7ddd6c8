// What agents cost, in all and for each thing that came of it.
import { Figures } from './Figures';
import classes from './overview.module.css';
import type { Overview } from './queries';

export function Cost({ cost }: { cost: Overview['cost'] }) {
  return (
    <div className={classes.card}>
      <p className={classes.big}>
        <strong>{dollars(cost.usd)}</strong>
        <span className="quiet">
          in {cost.runs.toLocaleString('en')} {cost.runs === 1 ? 'run' : 'runs'},{' '}
          {cost.tokens.toLocaleString('en')} tokens
        </span>
      </p>
      <Figures
        figures={[
          ['For each draft', dollars(cost.per_draft)],
          ['For each mail sent', dollars(cost.per_sent)],
          ['For each positive reply', dollars(cost.per_good_reply)],
        ]}
      />
      {Number(cost.usd) === 0 && cost.tokens === 0 && (
        <p className={classes.note}>The offline writer costs nothing: no model was asked.</p>
      )}
    </div>
  );
}

function dollars(amount: string): string;
function dollars(amount: string | null): string | null;
function dollars(amount: string | null): string | null {
  if (amount === null) return null;
  const value = Number(amount);
  const digits = value > 0 && value < 1 ? 4 : 2;
  return value.toLocaleString('en-US', {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  });
}
