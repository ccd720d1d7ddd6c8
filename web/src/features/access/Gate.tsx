// The card in the middle of an empty page: whoever is not in yet sees only this.
import type { FormEvent, ReactNode } from 'react';

import { Mark } from '@/components/Mark';

import classes from './access.module.css';

interface Props {
  title: string;
  words: ReactNode;
  label: string;
  submit?: () => void;
  children?: ReactNode;
}

export function Gate({ title, words, label, submit, children }: Props) {
  const sent = (event: FormEvent) => {
    event.preventDefault();
    submit?.();
  };
  return (
    <main className={classes.page}>
      <form className={classes.card} onSubmit={sent} aria-label={label}>
        <Mark size={36} />
        <h1 className={classes.title}>{title}</h1>
        <p className={classes.words}>{words}</p>
        {children}
      </form>
    </main>
  );
}

export function Refusal({ children }: { children: ReactNode }) {
  return (
    <p className={classes.error} role="alert">
      {children}
    </p>
  );
}

export function Hint({ children }: { children: ReactNode }) {
  return <p className={classes.hint}>{children}</p>;
}
