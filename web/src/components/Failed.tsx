// What is shown in place of something that could not be loaded.
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';

import { Problem, sentenceOf } from '@/api/client';

import classes from './states.module.css';
import { say } from './texts';

interface Props {
  error: unknown;
  again?: () => void;
  /** Another way out. */
  children?: ReactNode;
}

export function Failed({ error, again, children }: Props) {
  const offline = error instanceof Problem && error.status === 0;
  return (
    <div className={classes.state} role="alert">
      <p className={classes.title}>{say(offline ? 'noConnection' : 'notShown')}</p>
      <p className={classes.words}>{sentenceOf(error)}</p>
      {again && (
        <Button variant="default" onClick={again}>
          {say('again')}
        </Button>
      )}
      {children}
    </div>
  );
}
