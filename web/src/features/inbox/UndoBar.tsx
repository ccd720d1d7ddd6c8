// The last approval with the seconds in which it can be taken back.
import { Button, Kbd } from '@mantine/core';

import { useNow } from '@/lib/time';

import classes from './Inbox.module.css';
import type { Undo, Undoable } from './useUndo';
import { say } from './texts';

export function UndoBar({ undo }: { undo: Undo }) {
  if (!undo.last) return null;
  return <Running undo={undo} last={undo.last} />;
}

function Running({ undo, last }: { undo: Undo; last: Undoable }) {
  const now = useNow(250);
  const left = Math.max(0, Math.ceil((last.until - now) / 1000));
  return (
    <div className={classes.undo} role="status">
      <span>{last.words}</span>
      <Button
        variant="white"
        color="dark"
        size="compact-xs"
        onClick={undo.now}
        loading={undo.isPending}
        rightSection={<Kbd>Z</Kbd>}
      >
        {say('undo')}
      </Button>
      <span className="tabular" aria-hidden="true">
        {say('seconds', { left })}
      </span>
    </div>
  );
}
