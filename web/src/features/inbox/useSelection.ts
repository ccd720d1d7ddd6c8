// Which lines are selected.
import { useCallback, useMemo, useState } from 'react';

export interface Selection {
  has: (number: number) => boolean;
  toggle: (number: number) => void;
  clear: () => void;
  numbers: readonly number[];
}

export function useSelection(): Selection {
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
    () => ({ has: (number) => chosen.has(number), toggle, clear, numbers: [...chosen] }),
    [chosen, toggle, clear],
  );
}
