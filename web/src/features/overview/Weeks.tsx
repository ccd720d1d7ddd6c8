// The mails of each week and what came of them: a table whose cells are the chart.
import { percent } from '@/components/Bars';
import { Table } from '@/components/Screen';
import { number } from '@/lib/texts/format';
import { day } from '@/lib/time';

import classes from './overview.module.css';
import type { Overview } from './queries';
import { say } from './texts';

export function Weeks({ weeks }: { weeks: Overview['weeks'] }) {
  if (weeks.length === 0) return <p className={classes.none}>{say('nothingSent')}</p>;
  const most = Math.max(...weeks.map((week) => week.sent));
  return (
    <Table label={say('weeksTable')} head={[say('weekOf'), say('sent'), say('answered'), say('bounced')]}>
      {weeks.map((week) => (
        <tr key={week.monday}>
          <td className={classes.when}>{day(week.monday)}</td>
          <td className={classes.weekBar}>
            <span className={classes.count}>{number(week.sent)}</span>
            <span className={classes.track} aria-hidden="true">
              <span style={{ width: `${(week.sent / most) * 100}%` }} />
            </span>
          </td>
          <td className="tabular">
            {number(week.answered)} <span className="quiet beside">{percent(week.answered, week.sent)}</span>
          </td>
          <td className="tabular">
            {number(week.bounced)} <span className="quiet beside">{percent(week.bounced, week.sent)}</span>
          </td>
        </tr>
      ))}
    </Table>
  );
}
