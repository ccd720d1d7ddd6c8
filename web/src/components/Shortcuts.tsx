// The sheet of keys, opened by `?`.
import { Kbd, Modal } from '@mantine/core';
import { useSyncExternalStore } from 'react';

import { say } from './keyTexts';
import classes from './Shortcuts.module.css';

const KEYS = [
  ['decide', ['A', 'E', 'R', 'Z', 'S']],
  ['move', ['J', 'K', 'X', 'V', 'W', '/', 'Esc']],
  ['anywhere', ['Ctrl K', 'Ctrl ↵', '?']],
] as const;
const OF_TASKS = ['D', 'A', 'S', 'L'] as const;

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
    <Modal opened={open} onClose={() => set(false)} title={say('keys')} size="md">
      <div className={classes.sheet}>
        {KEYS.map(([group, keys]) => (
          <Group key={group} title={say(group)} keys={keys.map((key) => [key, say(`key_${key}`)])} />
        ))}
        <Group title={say('tasks')} keys={OF_TASKS.map((key) => [key, say(`task_${key}`)])} />
      </div>
      <p className={classes.note}>{say('keysAbout')}</p>
    </Modal>
  );
}

function Group({ title, keys }: { title: string; keys: ReadonlyArray<readonly [string, string]> }) {
  return (
    <section>
      <h3 className={classes.group}>{title}</h3>
      <dl className={classes.list}>
        {keys.map(([key, words]) => (
          <div key={key} className={classes.row}>
            <dt>
              {key.split(' ').map((part) => (
                <Kbd key={part}>{part}</Kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
