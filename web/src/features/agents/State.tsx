// How a run stands, as a badge.
import parts from '@/components/parts.module.css';

import { worded } from './texts';

const TONES: Readonly<Record<string, string>> = { completed: 'good', failed: 'bad', skipped: 'warn' };

export function State({ status }: { status: string }) {
  return (
    <span className={parts.badge} data-tone={TONES[status] ?? ''}>
      {worded(status, status)}
    </span>
  );
}
