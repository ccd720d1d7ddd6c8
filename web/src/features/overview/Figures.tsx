// A few figures beside each other, each with its name; what is not known is said so.
import classes from './overview.module.css';
import { say } from './texts';

/** Name, value, and what stands there instead while there is none. */
export type Figure = readonly [name: string, value: string | null, instead?: string];

export function Figures({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl className={classes.figures}>
      {figures.map(([name, value, instead]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value ?? <span className={classes.unknown}>{instead ?? say('notKnown')}</span>}</dd>
        </div>
      ))}
    </dl>
  );
}
