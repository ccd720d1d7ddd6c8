// A sentence that matters now: good, a warning, or what went wrong.
import { IconAlertTriangle, IconCheck, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';

import { sentenceOf } from '@/api/client';

import classes from './parts.module.css';
import { Told } from './Told';

const ICONS = { good: IconCheck, warn: IconAlertTriangle, bad: IconAlertTriangle, info: IconInfoCircle };

export function Notice({ tone = 'info', children }: { tone?: keyof typeof ICONS; children: ReactNode }) {
  const Icon = ICONS[tone];
  return (
    <div className={classes.notice} data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon size={15} aria-hidden />
      <div>{children}</div>
    </div>
  );
}

/** Why something that a person asked for was not done; nothing while it was not asked for. */
export function Trouble({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <Notice tone="bad">
      <Told words={sentenceOf(error)} />
    </Notice>
  );
}
