// A screen of words and tables: a title, what it is, and the rest below.
import type { ReactNode } from 'react';

import classes from './Screen.module.css';
import { say } from './texts';

interface Props {
  title: string;
  about: string;
  aside?: ReactNode;
  /** The way back, above the title. */
  above?: ReactNode;
  children: ReactNode;
}

export function Screen({ title, about, aside, above, children }: Props) {
  return (
    <div className={classes.screen}>
      <div className={classes.inner}>
        {above}
        <header className={classes.head}>
          <div>
            <h1 className={classes.title}>{title}</h1>
            <p className={classes.about}>{about}</p>
          </div>
          {aside}
        </header>
        {children}
      </div>
    </div>
  );
}

interface PartProps {
  title: string;
  children: ReactNode;
  aside?: ReactNode;
  /** What can be done about the whole part, at its right. */
  act?: ReactNode;
}

export function Part({ title, children, aside, act }: PartProps) {
  return (
    <section className={classes.part} aria-label={title}>
      <div className={classes.partHead}>
        <h2 className={classes.partTitle}>
          {title}
          {aside && <span className={classes.aside}>{aside}</span>}
        </h2>
        {act}
      </div>
      {children}
    </section>
  );
}

interface TableProps {
  head: readonly string[];
  label?: string;
  /** Those of the head that count something; their cells are `tabular` and stand at the right. */
  numbers?: readonly string[];
  children: ReactNode;
}

/** A table that scrolls by itself where the window is narrow. */
export function Table({ head, label = say('table'), numbers = [], children }: TableProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by key
    <div className={classes.wide} tabIndex={0} role="region" aria-label={label}>
      <table className={classes.table} data-counts={numbers.length > 0 || undefined}>
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col" data-number={numbers.includes(name) || undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
