// Which lines are selected.
import { useCallback, useMemo, useState } from 'react';

import type { Line } from './queries/list';

export interface Selection {
  has: (number: number) => boolean;
  toggle: (number: number) => void;
  clear: () => void;
  numbers: readonly number[];
}

/** A line that left the list is not selected any more. */
export function useSelection(lines: readonly Line[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<number>>(() => new Set());
  const toggle = useCallback((number: number) => {
    setChosen((before) => {
      const after = new Set(before);
      if (!after.delete(number)) after.add(number);
      return after;
    });
  }, []);
  const clear = useCallback(() => setChosen(new Set()), []);
  return useMemo(
    () => ({
      has: (number) => chosen.has(number),
      toggle,
      clear,
      numbers: lines.map((line) => line.number).filter((number) => chosen.has(number)),
    }),
    [chosen, lines, toggle, clear],
  );
}
