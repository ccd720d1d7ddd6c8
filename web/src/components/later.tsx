// A part of a screen that is fetched when it is first shown.
import { lazy, type ComponentType } from 'react';

import { piece } from '@/api/piece';

import { Failed } from './Failed';

/** Where the part could not be fetched, its place says so; what stands around it, and was typed there, stays. */
export function later<P extends object>(fetched: () => Promise<{ default: ComponentType<P> }>) {
  return lazy<ComponentType<P>>(() =>
    piece(fetched).catch((error: unknown) => ({ default: () => <Failed error={error} /> })),
  );
}
