// When it would leave, to whom it may, and by when a decision is due.
import type { ReactNode } from 'react';

import { relative, useNow, wall } from '@/lib/time';

import classes from './Evidence.module.css';
import type { Item } from './queries/item';
import { Section } from './Section';

export function Leaves({ item }: { item: Item }) {
  const now = useNow(30_000);
  const { person, planned, review } = item;
  const city = planned?.zone.split('/').at(-1)?.replaceAll('_', ' ');
  return (
    <Section title="Who and when">
      <dl className={classes.facts}>
        {planned && (
          <Fact name={planned.sent_at ? 'Left' : item.status === 'pending' ? 'Would leave' : 'Leaves'}>
            {wall(planned.local)} <span className="quiet">in {city}</span>
            {planned.reason && <p className={classes.why}>{planned.reason}</p>}
            {planned.message_id && (
              <p className={classes.why}>
                <a href={`/trace?id=${encodeURIComponent(planned.message_id)}`}>Trace this mail</a>
              </p>
            )}
          </Fact>
        )}
        <Fact name="May we write">
          {person.suppressed ? (
            <span className={classes.bad}>No: {person.suppressed}</span>
          ) : (
            <>
              {person.status === 'active' ? 'Yes' : person.status}
              <span className="quiet">, not suppressed; from {person.source}</span>
            </>
          )}
        </Fact>
        <Fact name="Account">
          {[
            person.industry,
            person.country,
            person.employees && `${person.employees.toLocaleString('en')} people`,
            person.points !== null && `${person.points} points`,
          ]
            .filter(Boolean)
            .join(' · ') || person.account}
        </Fact>
        {review && item.status === 'pending' && (
          <Fact name="Due">
            {review.due_at ? relative(review.due_at, now) : 'no time limit'}
            <span className="quiet">
              {review.assigned && ` · ${review.assigned.replace('_', ' ')}`} · {review.risk} risk ·
              then {review.on_timeout.replace('_', ' ')}
            </span>
            <p className={classes.why}>{review.reason}</p>
          </Fact>
        )}
        <Fact name="Written by">
          {item.writer.startsWith('person:')
            ? 'a person'
            : item.writer === 'offline'
              ? 'the offline writer'
              : item.writer}
          <span className="quiet">
            {' '}
            · angle {item.angle.replaceAll('_', ' ')} · {item.lineage_cost_usd > 0 ? `$${item.lineage_cost_usd.toFixed(4)} so far` : 'no cost'}
          </span>
        </Fact>
      </dl>
    </Section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.row}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
