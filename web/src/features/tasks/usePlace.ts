// Where one is among the tasks: shelf, kind, whose, which one. All of it stands in the address.
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';

import type { Asked, Kind } from './queries';

export interface Place extends Asked {
  number: number | undefined;
  search: { shelf?: 'over'; kind?: Kind; mine?: true };
  open: (number: number, inPlace?: boolean) => void;
  close: () => void;
  choose: (next: Partial<Asked>) => void;
}

const searchOf = ({ shelf, kind, mine }: Asked): Place['search'] => ({
  ...(shelf === 'over' ? { shelf } : {}),
  ...(kind ? { kind } : {}),
  ...(mine ? { mine: true } : {}),
});

export function usePlace(): Place {
  const { task } = useParams({ strict: false });
  const { shelf, kind, mine } = useSearch({ strict: false }) as Place['search'];
  const navigate = useNavigate();
  return useMemo(() => {
    const asked: Asked = { shelf: shelf ?? 'waiting', kind, mine: mine ?? false };
    const search = searchOf(asked);
    return {
      ...asked,
      number: task === undefined ? undefined : Number(task),
      search,
      open: (number, inPlace = false) =>
        void navigate({ to: '/tasks/$task', params: { task: String(number) }, search, replace: inPlace }),
      close: () => void navigate({ to: '/tasks', search }),
      choose: (next) => void navigate({ to: '/tasks', search: searchOf({ ...asked, ...next }) }),
    };
  }, [navigate, task, shelf, kind, mine]);
}
