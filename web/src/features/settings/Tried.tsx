// What a policy would have said of past drafts, beside what people said; nothing was written.
import { Link } from '@tanstack/react-router';

import { Notice } from '@/components/Notice';
import { Table } from '@/components/Screen';

import type { Trial } from './queries/policies';

const words = (name: string) => name.replaceAll('_', ' ');

export function Tried({ trial }: { trial: Trial }) {
  if (trial.drafts === 0) return <Notice>There are no drafts of the last {trial.days} days to try it on.</Notice>;
  const outcomes = [...new Set(Object.values(trial.counts).flatMap((one) => Object.keys(one)))];
  return (
    <>
      <Notice>Tried on {trial.drafts.toLocaleString('en')} drafts of the last {trial.days} days. Nothing was changed.</Notice>
      <Table label="Trial" head={['The policy would say', ...outcomes.map((one) => `People: ${one}`)]}>
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
