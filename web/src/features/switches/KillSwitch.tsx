// The kill switch in the header of every screen: it says whether mail leaves, and stops it.
import { Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconHandStop } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';

import { sentenceOf } from '@/api/client';
import { piece } from '@/api/piece';

import { useSwitches } from './queries';
import classes from './switches.module.css';
import { say } from './texts';

type Dialog = (typeof import('./KillDialog'))['default'];

let Dialog: Dialog | undefined;
let isOpen = false;
const listeners = new Set<() => void>();

function show(next: boolean): void {
  isOpen = next;
  for (const tell of listeners) tell();
}

async function fetchDialog(): Promise<void> {
  Dialog ??= (await piece(() => import('./KillDialog'))).default;
}

// It must open at once whenever it is needed, also when the server has another release by then.
window.setTimeout(() => fetchDialog().catch(() => undefined), 1500);

/** Open the question; where it could not be fetched, say why and leave the screen as it is. */
export function openKillSwitch(): void {
  fetchDialog()
    .then(() => show(true))
    .catch((error: unknown) =>
      notifications.show({ title: say('notOpened'), message: sentenceOf(error), color: 'red' }),
    );
}

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
          onClick={openKillSwitch}
        >
          <IconHandStop size={16} stroke={1.8} aria-hidden />
          <span className={classes.label}>{say(halted ? 'halted' : 'halt')}</span>
        </button>
      </Tooltip>
      {open && switches && Dialog && <Dialog switches={switches} close={() => show(false)} />}
    </>
  );
}
