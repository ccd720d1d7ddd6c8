// Says when the screen does not hear of changes at once; silent while it does.
import { Tooltip } from '@mantine/core';

import { useLink } from '@/api/live';

import classes from './Shell.module.css';
import { say } from './texts';

export function LinkState() {
  const link = useLink();
  if (link === 'live' || link === 'joining') return null;
  return (
    <Tooltip label={say(`${link}About`)}>
      <span className={classes.state} role="status">
        <span className={classes.dot} />
        <span>{say(link)}</span>
      </span>
    </Tooltip>
  );
}
