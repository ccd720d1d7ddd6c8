// What people decided, how long it took them, and why they said no.
import { Bars } from '@/components/Bars';

import classes from './overview.module.css';
import { Figures } from './Figures';
import { lasting, percentOf } from './format';
import type { Overview } from './queries';
import { say } from './texts';

export function Approvals({ approvals: found }: { approvals: Overview['approvals'] }) {
  const people = found.approved + found.edited + found.rejected;
  const all = people + found.without_person;
  if (all === 0) return <p className={classes.none}>{say('nothingDecided')}</p>;
  const reasons = Object.entries(found.reasons);
  return (
    <div className={classes.card}>
      <Bars
        caption={say('decisions')}
        share={say('shareOfDecisions')}
        bars={[
          { name: say('asItWas'), count: found.approved, of: all, tone: 'good' },
          { name: say('edited'), count: found.edited, of: all },
          { name: say('rejected'), count: found.rejected, of: all, tone: 'warn' },
          ...(found.without_person > 0
            ? [{ name: say('withoutPerson'), count: found.without_person, of: all }]
            : []),
        ]}
      />
      <Figures
        figures={[
          [say('rate'), found.rate === null ? null : percentOf(found.rate)],
          [say('timeToDecide'), found.dwell_seconds === null ? null : lasting(found.dwell_seconds)],
          [say('draftToDecision'), found.wait_seconds === null ? null : lasting(found.wait_seconds)],
          [say('wordsChanged'), found.edit_words === null ? null : String(Math.round(found.edit_words))],
        ]}
      />
      <p className={classes.note}>
        {say('medians')} {found.quick > 0 && say('tooQuick', { count: found.quick })}
      </p>
      {reasons.length > 0 && (
        <div className={classes.below}>
          <h3 className={classes.small}>{say('reasons')}</h3>
          <Bars
            caption={say('reasons')}
            share={say('shareOfRejections')}
            bars={reasons.map(([name, count]) => ({ name: name.replaceAll('_', ' '), count, of: found.rejected }))}
          />
        </div>
      )}
    </div>
  );
}
