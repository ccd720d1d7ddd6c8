// The sheet of keys, opened by `?`.
import { Kbd, Modal } from '@mantine/core';
import { useSyncExternalStore } from 'react';

import classes from './Shortcuts.module.css';

const KEYS: ReadonlyArray<readonly [string, ReadonlyArray<readonly [string, string]>]> = [
  [
    'Decide',
    [
      ['A', 'Approve what is on the screen'],
      ['E', 'Edit; the checks follow your words'],
      ['R', 'Reject with a note; a new version comes'],
      ['Z', 'Take the last approval back'],
      ['S', 'Put aside until tomorrow'],
    ],
  ],
  [
    'Move',
    [
      ['J', 'Next draft'],
      ['K', 'Draft before'],
      ['X', 'Select'],
      ['V', 'Next view of the mail'],
      ['/', 'Filter the list'],
      ['Esc', 'Back, or clear the selection'],
    ],
  ],
  [
    'Anywhere',
    [
      ['Ctrl K', 'Search and commands'],
      ['Ctrl ↵', 'Save what you write'],
      ['?', 'This sheet'],
    ],
  ],
];

let isOpen = false;
const listeners = new Set<() => void>();

function set(next: boolean): void {
  isOpen = next;
  for (const tell of listeners) tell();
}

export const openShortcuts = () => set(true);

export function Shortcuts() {
  const open = useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => isOpen,
  );
  return (
    <Modal opened={open} onClose={() => set(false)} title="Keys" size="md">
      <div className={classes.sheet}>
        {KEYS.map(([group, keys]) => (
          <section key={group}>
            <h3 className={classes.group}>{group}</h3>
            <dl className={classes.list}>
              {keys.map(([key, what]) => (
                <div key={key} className={classes.row}>
                  <dt>
                    {key.split(' ').map((part) => (
                      <Kbd key={part}>{part}</Kbd>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className={classes.note}>No key acts while you write or a dialog is open.</p>
    </Modal>
  );
}
