// Single keys, which stay silent while somebody types or a dialog is open.
import { useLayoutEffect, useRef } from 'react';

export type Keys = Readonly<Record<string, (() => void) | undefined>>;

const WRITING = 'input, textarea, select, [contenteditable="true"]';
/** To move on, a key may be held; an answer is given anew with each press. */
const HELD = ['j', 'k', 'ArrowDown', 'ArrowUp'];
const DIALOG = '[role="dialog"][aria-modal="true"]';
const MENU = '[role="menu"], [role="listbox"]';

// A dialog that Escape closes is gone before the key comes here; whether one was open is asked before anybody acts.
let wasOpen = false;
window.addEventListener(
  'keydown',
  () => {
    wasOpen = document.querySelector(DIALOG) !== null;
  },
  true,
);

function isTaken(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  if (event.defaultPrevented) return true;
  const at = event.target;
  if (at instanceof HTMLElement && at.closest(`${WRITING}, ${MENU}`)) return true;
  return wasOpen || document.querySelector(DIALOG) !== null;
}

/** Call what belongs to a key; letters are matched without regard to case. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  // Before the screen is drawn: what is seen listens, however slow the machine.
  useLayoutEffect(() => {
    latest.current = keys;
  });
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isTaken(event)) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const act = latest.current[key];
      if (!act || (event.repeat && !HELD.includes(key))) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}
