// Which part of a list is shown: quiet toggles in a row, of which one is chosen.
import type { ReactNode } from 'react';

import classes from './Shelves.module.css';

interface Props<Name> {
  label: string;
  names: readonly Name[];
  chosen: Name;
  choose: (name: Name) => void;
  /** What stands on one of them. */
  on: (name: Name) => ReactNode;
  /** In a narrow column, where they must not break into two rows. */
  isTight?: boolean;
  className?: string | undefined;
  /** What else stands in the row. */
  children?: ReactNode;
}

export function Shelves<Name extends string | number | undefined>(props: Props<Name>) {
  const { label, names, chosen, choose, on, isTight, className, children } = props;
  return (
    <div
      className={className ? `${classes.shelves} ${className}` : classes.shelves}
      role="group"
      aria-label={label}
      data-tight={isTight || undefined}
    >
      {names.map((name) => (
        <button
          key={name ?? ''}
          type="button"
          className={classes.shelf}
          aria-pressed={name === chosen}
          onClick={() => choose(name)}
        >
          {on(name)}
        </button>
      ))}
      {children}
    </div>
  );
}
