// The kill switch in the header of every screen: it says whether mail leaves, and stops it.
import { Tooltip } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import { lazy, Suspense, useSyncExternalStore } from 'react';

import { useSwitches } from './queries';
import classes from './switches.module.css';
import { say } from './texts';

const KillDialog = lazy(() => import('./KillDialog'));

let isOpen = false;
const listeners = new Set<() => void>();

function show(next: boolean): void {
  isOpen = next;
  for (const tell of listeners) tell();
}

export const openKillSwitch = () => show(true);

export function KillSwitch() {
  const open = useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => isOpen,
  );
  const switches = useSwitches();
  const halted = switches?.halted ?? false;
  return (
    <>
      <Tooltip label={say(halted ? 'nothingLeaves' : 'stopAll')}>
        <button
          type="button"
          className={classes.button}
          data-halted={halted || undefined}
          onClick={() => show(true)}
        >
          <IconHandStop size={16} stroke={1.8} aria-hidden />
          <span className={classes.label}>{say(halted ? 'halted' : 'halt')}</span>
        </button>
      </Tooltip>
      {open && switches && (
        <Suspense>
          <KillDialog switches={switches} close={() => show(false)} />
        </Suspense>
      )}
    </>
  );
}
