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
import { say } from './texts';

interface Props {
  item: Item;
  open: (number: number) => void;
  isWritten: boolean;
}

const DID: Readonly<Record<string, string>> = {
  approve: 'approved this',
  reject: 'sent this back',
  edit: 'edited this',
};

export function Standing({ item, open, isWritten }: Props) {
  const here = useLooking(item.number, item.status === 'pending');
  if (isWritten)
    return (
      <Note kind="info" icon={<Loader size={15} />}>
        A new version is being written from the note “{item.decision_note}”. It appears here.
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
          Its policy asks for a closer look: {item.review.reason}
        </Note>
      )}
      {item.review && item.review.approvals_needed > 1 && (
        <Note kind="info" icon={<IconInfoCircle size={16} />}>
          It needs {item.review.approvals_needed} approvals
          {item.review.approved_by.length > 0 && `; ${item.review.approved_by.join(', ')} gave one`}.
        </Note>
      )}
    </>
  );
}

function Decided({ item, open }: { item: Item; open: (number: number) => void }) {
  const now = useNow(1000);
  const who = item.decided_by ?? 'Nobody';
  const did = item.decision ? (DID[item.decision] ?? item.decision) : null;
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
            Open draft {item.replaced_by}
          </Button>
        )
      }
    >
      {did && item.decided_at
        ? `${who.charAt(0).toUpperCase()}${who.slice(1)} ${did} ${relative(item.decided_at, now)}`
        : `It is ${item.status}`}
      {item.decision_note ? `: “${item.decision_note}”` : '.'}
      {!did && item.note && ` ${item.note}`}
      {item.status === 'sent' && ' It was sent.'}
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
