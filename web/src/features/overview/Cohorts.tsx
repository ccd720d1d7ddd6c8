// Each week's people and how many wrote back in time: a table whose cells are the chart.
import { Table } from '@/components/Screen';
import { number } from '@/lib/texts/format';
import { day } from '@/lib/time';

import { percentOf } from './format';
import classes from './overview.module.css';
import type { Outcomes } from './queries';
import { say } from './texts';

type Cohort = Outcomes['cohorts'][number];

export function Cohorts({ cohorts, isKnown }: { cohorts: readonly Cohort[]; isKnown: boolean }) {
  const [first] = cohorts;
  if (!first) return <p className={classes.none}>{say('nothingSent')}</p>;
  const shares = cohorts.flatMap((one) => one.within.map((within) => within.replied / one.people));
  const most = Math.max(0.01, ...shares);
  const head = [
    say('weekOf'),
    say('people'),
    ...first.within.map(({ weeks }) => say('repliedWithin', { weeks })),
    ...first.within.map(({ weeks }) => say('goodWithin', { weeks })),
  ];
  return (
    <>
      <Table label={say('cohortsTable')} head={head} numbers={[say('people')]}>
        {cohorts.map((one) => (
          <tr key={one.monday}>
            <td className={classes.when}>{day(one.monday)}</td>
            <td className="tabular">{number(one.people)}</td>
            {one.within.map(({ weeks, replied, is_ripe: isRipe }) => (
              <Cell key={weeks} count={replied} of={one.people} most={most} isRipe={isRipe} />
            ))}
            {one.within.map(({ weeks, good, is_ripe: isRipe }) =>
              isKnown ? (
                <Cell key={weeks} count={good} of={one.people} most={most} isRipe={isRipe} />
              ) : (
                <td key={weeks} className="quiet">
                  {say('notKnown')}
                </td>
              ),
            )}
          </tr>
        ))}
      </Table>
      <p className={classes.note}>
        {say('cohortsNote')} {!isKnown && say('cohortsUnknown')}
      </p>
    </>
  );
}

interface CellProps {
  count: number;
  of: number;
  most: number;
  isRipe: boolean;
}

function Cell({ count, of, most, isRipe }: CellProps) {
  const share = percentOf(count / of);
  return (
    <td className={classes.cohort} data-unripe={!isRipe || undefined}>
      <span className={classes.heat} aria-hidden="true" style={{ width: `${(count / of / most) * 100}%` }} />
      <span className="tabular">{number(count)}</span>{' '}
      <span className="quiet beside">{isRipe ? share : say('soFar', { share })}</span>
    </td>
  );
}
