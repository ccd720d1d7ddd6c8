// The last approval, for as long as it can be taken back.
import { notifications } from '@mantine/notifications';
import { useCallback, useEffect, useMemo, useState } from 'react';

import { sentenceOf } from '@/api/client';

import { useTakeBack } from './queries/decide';
import { say } from './texts';

export interface Undoable {
  number: number;
  /** Milliseconds of this machine's clock. */
  until: number;
  words: string;
}

export interface Undo {
  last: Undoable | null;
  note: (done: Undoable) => void;
  now: () => void;
  isPending: boolean;
}

export function useUndo(open: (number: number) => void): Undo {
  const [last, setLast] = useState<Undoable | null>(null);
  const { decide, isPending } = useTakeBack();
  useEffect(() => {
    if (!last) return;
    const timer = window.setTimeout(() => setLast(null), Math.max(0, last.until - Date.now()));
    return () => window.clearTimeout(timer);
  }, [last]);
  const now = useCallback(() => {
    if (!last) return;
    decide({ number: last.number })
      .then((back) => {
        open(back.number);
        notifications.show({ message: say('takenBack'), color: 'pine' });
      })
      .catch((error: unknown) =>
        notifications.show({
          title: say('tooLate'),
          message: sentenceOf(error),
          color: 'red',
        }),
      )
      .finally(() => setLast(null));
  }, [last, decide, open]);
  return useMemo(
    () => ({ last, note: setLast, now, isPending }),
    [last, now, isPending],
  );
}
