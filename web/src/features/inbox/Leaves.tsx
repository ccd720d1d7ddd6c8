// When it would leave, to whom it may, and by when a decision is due.
import type { ReactNode } from 'react';

import { usd } from '@/lib/texts/format';
import { relative, useNow, wall } from '@/lib/time';

import classes from './Evidence.module.css';
import type { Item } from './queries/item';
import { Section } from './Section';
import { say } from './texts';

export function Leaves({ item }: { item: Item }) {
  const now = useNow(30_000);
  const { person, planned, review } = item;
  const city = planned?.zone.split('/').at(-1)?.replaceAll('_', ' ');
  return (
    <Section title={say('whoAndWhen')}>
      <dl className={classes.facts}>
        {planned && (
          <Fact name={say(planned.sent_at ? 'left' : item.status === 'pending' ? 'wouldLeave' : 'leaves')}>
            {wall(planned.local)} <span className="quiet">{say('inPlace', { place: city ?? '' })}</span>
            {planned.reason && <p className={classes.why}>{planned.reason}</p>}
            {planned.message_id && (
              <p className={classes.why}>
                <a href={`/trace?id=${encodeURIComponent(planned.message_id)}`}>{say('trace')}</a>
              </p>
            )}
          </Fact>
        )}
        <Fact name={say('mayWrite')}>
          {person.suppressed ? (
            <span className={classes.bad}>{say('mayNot', { why: person.suppressed })}</span>
          ) : (
            <>
              {person.status === 'active' ? say('yes') : person.status}
              <span className="quiet">{say('notSuppressed', { source: person.source })}</span>
            </>
          )}
        </Fact>
        <Fact name={say('account')}>
          {[
            person.industry,
            person.country,
            person.employees && say('people', { count: person.employees }),
            person.points !== null && say('points', { count: person.points }),
          ]
            .filter(Boolean)
            .join(' · ') || person.account}
        </Fact>
        {review && item.status === 'pending' && (
          <Fact name={say('due')}>
            {review.due_at ? relative(review.due_at, now) : say('noLimit')}
            <span className="quiet">
              {review.assigned && ` · ${review.assigned.replace('_', ' ')}`} ·{' '}
              {say('riskThen', { risk: review.risk, then: review.on_timeout.replace('_', ' ') })}
            </span>
            <p className={classes.why}>{review.reason}</p>
          </Fact>
        )}
        <Fact name={say('writtenBy')}>
          {item.writer.startsWith('person:')
            ? say('aPerson')
            : item.writer === 'offline'
              ? say('offlineWriter')
              : item.writer}
          <span className="quiet">
            {' '}
            · {say('angle', { angle: item.angle.replaceAll('_', ' ') })} ·{' '}
            {item.lineage_cost_usd > 0 ? say('soFar', { cost: usd(item.lineage_cost_usd) }) : say('noCost')}
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
