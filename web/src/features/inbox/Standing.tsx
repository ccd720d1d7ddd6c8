// What became of a draft that does not wait any more, or what stands in its way.
import { Button, Loader } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconCircleCheck,
  IconEye,
  IconInfoCircle,
  IconOctagon,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';

import { Told } from '@/components/Told';
import { listed } from '@/lib/texts/format';
import { relative, useNow } from '@/lib/time';

import classes from './Inbox.module.css';
import type { Item } from './queries/item';
import { useLooking } from './queries/looking';
import { say, stateOf, verdictNowOf } from './texts';

interface Props {
  item: Item;
  open: (number: number) => void;
  isWritten: boolean;
}

export function Standing({ item, open, isWritten }: Props) {
  const here = useLooking(item.number, item.status === 'pending');
  if (isWritten)
    return (
      <Note kind="info" icon={<Loader size={15} />}>
        {say('beingWritten', { note: item.decision_note ?? '' })}
      </Note>
    );
  if (item.status !== 'pending') return <Decided item={item} open={open} />;
  const why = item.can.approve?.why_not;
  return (
    <>
      {here.length > 0 && (
        <Note kind="info" icon={<IconEye size={16} />}>
          {say('looking', { count: here.length, names: listed(here) })}
        </Note>
      )}
      {item.note && (
        <Note kind="info" icon={<IconInfoCircle size={16} />}>
          {item.note}
        </Note>
      )}
      {why && (
        <Note kind="block" icon={<IconOctagon size={16} />}>
          <Told words={why} />
        </Note>
      )}
      {item.review?.action === 'escalate' && !why && (
        <Note kind="warn" icon={<IconAlertTriangle size={16} />}>
          {say('closerLook', { why: item.review.reason })}
        </Note>
      )}
      {item.review && item.review.approvals_needed > 1 && (
        <Note kind="info" icon={<IconInfoCircle size={16} />}>
          {item.review.approved_by.length > 0
            ? say('needsMore', { count: item.review.approvals_needed, who: listed(item.review.approved_by) })
            : say('needs', { count: item.review.approvals_needed })}
        </Note>
      )}
    </>
  );
}

function Decided({ item, open }: { item: Item; open: (number: number) => void }) {
  const now = useNow(1000);
  const who = item.decided_by ?? say('nobody');
  const good = item.decision === 'approve' && item.status !== 'superseded';
  return (
    <Note
      kind={good ? 'good' : 'info'}
      icon={good ? <IconCircleCheck size={16} /> : <IconArrowBackUp size={16} />}
      action={
        item.replaced_by !== null && (
          <Button
            variant="default"
            size="compact-xs"
            onClick={() => item.replaced_by && open(item.replaced_by)}
          >
            {say('openDraft', { number: String(item.replaced_by) })}
          </Button>
        )
      }
    >
      {item.decision && item.decided_at
        ? say(verdictNowOf(item.decision), {
            who: who.charAt(0).toUpperCase() + who.slice(1),
            ago: relative(item.decided_at, now),
          })
        : say('itIs', { state: stateOf(item.status) })}
      {item.decision_note ? say('noted', { note: item.decision_note }) : '.'}
      {!item.decision && item.note && ` ${item.note}`}
      {item.status === 'sent' && ` ${say('wasSent')}`}
    </Note>
  );
}

interface NoteProps {
  kind: 'info' | 'good' | 'warn' | 'block';
  icon: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}

function Note({ kind, icon, action, children }: NoteProps) {
  return (
    <div className={classes.note} data-kind={kind} role="status">
      {icon}
      <span className={classes.noteWords}>{children}</span>
      {action}
    </div>
  );
}
