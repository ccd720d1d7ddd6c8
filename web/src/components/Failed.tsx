// What is shown in place of something that could not be loaded.
import { Button } from '@mantine/core';

import { Problem, sentenceOf } from '@/api/client';

import classes from './states.module.css';
import { say } from './texts';

export function Failed({ error, again }: { error: unknown; again?: () => void }) {
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
    </div>
  );
}
