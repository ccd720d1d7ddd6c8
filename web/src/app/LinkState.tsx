// Says when the screen does not hear of changes at once; silent while it does.
import { Tooltip } from '@mantine/core';

import { useLink } from '@/api/live';

import classes from './Shell.module.css';

const WORDS = {
  polling: ['Catching up', 'Live updates are interrupted; the screen asks every 10 seconds.'],
  offline: ['Offline', 'Nothing can be decided until the connection is back.'],
} as const;

export function LinkState() {
  const link = useLink();
  if (link === 'live') return null;
  const [short, long] = WORDS[link];
  return (
    <Tooltip label={long}>
      <span className={classes.state} role="status">
        <span className={classes.dot} />
        <span>{short}</span>
      </span>
    </Tooltip>
  );
}
