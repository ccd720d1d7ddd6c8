// One block of the evidence.
import type { ReactNode } from 'react';

import classes from './Evidence.module.css';

interface Props {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}

export function Section({ title, aside, children }: Props) {
  return (
    <section className={classes.section}>
      <h3 className={classes.heading}>
        {title}
        {aside && <span className={classes.aside}>{aside}</span>}
      </h3>
      {children}
    </section>
  );
}
