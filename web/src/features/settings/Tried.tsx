// What a policy would have said of past drafts, beside what people said; nothing was written.
import { Link } from '@tanstack/react-router';

import { Notice } from '@/components/Notice';
import { Table } from '@/components/Screen';

import type { Trial } from './queries/policies';
import { say } from './texts';

const words = (name: string) => name.replaceAll('_', ' ');

export function Tried({ trial }: { trial: Trial }) {
  if (trial.drafts === 0) return <Notice>{say('nothingToTry', { count: trial.days })}</Notice>;
  const outcomes = [...new Set(Object.values(trial.counts).flatMap((one) => Object.keys(one)))];
  return (
    <>
      <Notice>{say('triedOn', { count: trial.drafts, days: trial.days })}</Notice>
      <Table label={say('trial')} head={[say('policyWouldSay'), ...outcomes.map((one) => say('peopleSaid', { what: one }))]}>
        {Object.entries(trial.counts).map(([action, counts]) => (
          <tr key={action}>
            <td>
              <strong>{words(action)}</strong>
            </td>
            {outcomes.map((outcome) => (
              <td key={outcome} className="tabular">
                {counts[outcome] ?? 0}
                {trial.examples
                  .filter((one) => one.action === action && one.outcome === outcome)
                  .slice(0, 3)
                  .map((one) => (
                    <Link key={one.number} to="/inbox/$number" params={{ number: String(one.number) }}>
                      {' '}
                      #{one.number}
                    </Link>
                  ))}
              </td>
            ))}
          </tr>
        ))}
      </Table>
    </>
  );
}
