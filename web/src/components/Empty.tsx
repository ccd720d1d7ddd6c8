// What is shown where nothing is.
import type { ReactNode } from 'react';

import classes from './states.module.css';

interface Props {
  title: string;
  children?: ReactNode;
  icon?: ReactNode;
}

export function Empty({ title, children, icon }: Props) {
  return (
    <div className={classes.state}>
      {icon && <div className={classes.icon}>{icon}</div>}
      <p className={classes.title}>{title}</p>
      {children && <div className={classes.words}>{children}</div>}
    </div>
  );
}
