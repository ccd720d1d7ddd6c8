// A line across every screen while something is halted.
import { IconHandStop } from '@tabler/icons-react';

import { openKillSwitch } from './KillSwitch';
import { useSwitches } from './queries';
import { Standing } from './Standing';
import classes from './switches.module.css';
import { say } from './texts';

export function HaltedBanner() {
  const switches = useSwitches();
  const first = switches?.items[0];
  if (!switches || !first) return null;
  const more = switches.items.length - 1;
  return (
    <div className={classes.banner} data-all={switches.halted || undefined} role="status">
      <IconHandStop size={16} aria-hidden />
      <span className={classes.told}>
        <Standing of={first} />
        {more > 0 && say('andMore', { count: more })}
      </span>
      <button type="button" className={classes.open} onClick={openKillSwitch}>
        {say(switches.halted && switches.may_lift ? 'letGoOn' : 'see')}
      </button>
    </div>
  );
}
