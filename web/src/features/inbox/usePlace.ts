// Where one is in the inbox: shelf, words, draft. All of it stands in the address.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';

import type { Shelf } from './queries/list';

export interface Place {
  shelf: Shelf;
  words: string;
  open: (number: number, inPlace?: boolean) => void;
  close: () => void;
  goTo: (shelf: Shelf) => void;
  find: (words: string) => void;
}

export function usePlace(): Place {
  const search = useSearch({ strict: false }) as { shelf?: Shelf; q?: string };
  const navigate = useNavigate();
  const shelf = search.shelf ?? 'waiting';
  const words = search.q ?? '';
  return useMemo(() => {
    const kept = {
      ...(shelf === 'waiting' ? {} : { shelf }),
      ...(words ? { q: words } : {}),
    };
    return {
      shelf,
      words,
      open: (number, inPlace = false) =>
        void navigate({
          to: '/inbox/$number',
          params: { number: String(number) },
          search: kept,
          replace: inPlace,
        }),
      close: () => void navigate({ to: '/inbox', search: kept }),
      goTo: (next) =>
        void navigate({ to: '/inbox', search: next === 'waiting' ? {} : { shelf: next } }),
      find: (q) =>
        void navigate({
          to: '/inbox',
          search: { ...(shelf === 'waiting' ? {} : { shelf }), ...(q ? { q } : {}) },
          replace: true,
        }),
    };
  }, [navigate, shelf, words]);
}
