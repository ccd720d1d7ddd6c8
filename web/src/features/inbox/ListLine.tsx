// One draft in the list: who, what about, how it stands.
import { Checkbox } from '@mantine/core';
import { IconAlertTriangle, IconClock, IconOctagon } from '@tabler/icons-react';
import { memo, useEffect, useRef } from 'react';

import { relative, span } from '@/lib/time';

import classes from './List.module.css';
import type { Line } from './queries/list';

interface Props {
  line: Line;
  now: number;
  isOpen: boolean;
  isSelected: boolean;
  toggle: (number: number) => void;
  open: (number: number) => void;
}

export const ListLine = memo(function ListLine(props: Props) {
  const { line, now, isOpen, isSelected, toggle, open } = props;
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isOpen) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isOpen]);
  return (
    <li
      ref={row}
      className={classes.line}
      data-open={isOpen || undefined}
      data-selected={isSelected || undefined}
    >
      <Checkbox
        size="xs"
        className={classes.tick}
        aria-label={`Select draft ${line.number}`}
        checked={isSelected}
        onChange={() => toggle(line.number)}
      />
      <a
        href={`/inbox/${line.number}`}
        className={classes.link}
        aria-current={isOpen ? 'true' : undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          open(line.number);
        }}
      >
        <span className={classes.row}>
          <span className={classes.account}>{line.account}</span>
          <When line={line} now={now} />
        </span>
        <span className={classes.subject}>{line.subject}</span>
        <span className={classes.row}>
          <span className={classes.opening}>{line.contact}{line.title ? `, ${line.title}` : ''}</span>
          <Flags line={line} />
        </span>
      </a>
    </li>
  );
});

function When({ line, now }: { line: Line; now: number }) {
  if (line.decided_at) return <span className={classes.when}>{relative(line.decided_at, now)}</span>;
  if (!line.due_at) return null;
  const left = new Date(line.due_at).getTime() - now;
  const late = left < 0;
  return (
    <span className={classes.when} data-late={late || undefined} title={`Due ${line.due_at}`}>
      <IconClock size={12} aria-hidden />
      {late ? `${span(-left)} late` : span(left)}
    </span>
  );
}

const SAID: Readonly<Record<string, string>> = {
  approve: 'approved',
  reject: 'rejected',
  edit: 'edited',
};

function Flags({ line }: { line: Line }) {
  return (
    <span className={classes.flags}>
      {line.decision ? (
        <span className={classes.flag} data-kind={line.decision}>
          {line.status === 'sent' ? 'sent' : (SAID[line.decision] ?? line.status)}
        </span>
      ) : (
        line.status !== 'pending' && <span className={classes.flag}>{line.status}</span>
      )}
      {line.version > 1 && <span className={classes.flag}>v{line.version}</span>}
      {line.blocks > 0 && (
        <span className={classes.flag} data-kind="block">
          <IconOctagon size={12} aria-hidden />
          {line.blocks} blocking
        </span>
      )}
      {line.blocks === 0 && line.warns > 0 && (
        <span className={classes.flag} data-kind="warn">
          <IconAlertTriangle size={12} aria-hidden />
          {line.warns}
        </span>
      )}
      {line.action === 'escalate' && !line.decision && (
        <span className={classes.flag} data-kind="warn">
          escalated
        </span>
      )}
    </span>
  );
}
