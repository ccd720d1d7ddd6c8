// What became of a task, or what stands in its way.
import { Notice } from '@/components/Notice';
import { Told } from '@/components/Told';
import { sentence } from '@/lib/texts/format';
import { moment } from '@/lib/time';

import type { Task } from './queries';
import { say } from './texts';

const TONES = { unknown: 'warn', failed: 'bad', approved: 'good', done: 'good' } as const;
/** How a state is coloured, here and in the list. */
export const toneOf = (status: string) => TONES[status as keyof typeof TONES];

export function Standing({ task }: { task: Task }) {
  const said = [sentenceOf(task), task.reason && sentence(task.reason), task.note && say('noted', { note: task.note })];
  const words = said.filter(Boolean).join(' ');
  const never = task.kind === 'sms' && task.status === 'open' ? task.can.approve?.why_not : null;
  return (
    <>
      {words && (
        <Notice tone={toneOf(task.status)}>
          <Told words={words} />
        </Notice>
      )}
      {never && (
        <Notice tone="warn">
          <Told words={never} />
        </Notice>
      )}
    </>
  );
}

function sentenceOf(task: Task): string {
  switch (task.status) {
    case 'approved':
      return say('releasedBy', { who: task.approved_by ?? '' });
    case 'sending':
      return say('isLeaving');
    case 'done':
      return say('wasDone', { when: moment(task.done_at ?? task.now) });
    case 'skipped':
      return say('wasSkipped', { when: moment(task.done_at ?? task.now) });
    default:
      return '';
  }
}
