// A share with its interval on a scale that all rows have in common; the words beside it say the same.
import classes from './overview.module.css';

interface Props {
  low: number;
  share: number;
  high: number;
  /** Where the scale ends. */
  most: number;
}

export function Interval({ low, share, high, most }: Props) {
  const at = (value: number) => `${(value / most) * 100}%`;
  return (
    <span className={classes.scale} aria-hidden="true">
      <span style={{ left: at(low), width: at(high - low) }} />
      <i style={{ left: at(share) }} />
    </span>
  );
}
