// A few figures beside each other, each with its name; what is not known is said so.
import classes from './overview.module.css';

export function Figures({ figures }: { figures: ReadonlyArray<readonly [string, string | null]> }) {
  return (
    <dl className={classes.figures}>
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value ?? <span className={classes.unknown}>not known</span>}</dd>
        </div>
      ))}
    </dl>
  );
}
