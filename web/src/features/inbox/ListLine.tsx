// One draft in the list: who, what about, how it stands.
import { IconAlertTriangle, IconClock, IconOctagon } from '@tabler/icons-react';
import { memo, useEffect, useRef } from 'react';

import { moment, relative, span } from '@/lib/time';

import classes from './List.module.css';
import type { Line } from './queries/list';
import { say, stateOf } from './texts';

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
  const who = line.title ? `${line.contact}, ${line.title}` : line.contact;
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
      <input
        type="checkbox"
        className={classes.tick}
        aria-label={say('select', { number: String(line.number) })}
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
          <span className={classes.account} title={line.account} dir="auto">
            {line.account}
          </span>
          <When line={line} now={now} />
        </span>
        <span className={classes.subject} title={line.subject}>
          {line.subject}
        </span>
        <span className={classes.row}>
          <span className={classes.opening} title={who}>
            <bdi>{line.contact}</bdi>
            {line.title && `, ${line.title}`}
          </span>
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
    <span className={classes.when} data-late={late || undefined} title={say('dueAt', { at: moment(line.due_at) })}>
      <IconClock size={12} aria-hidden />
      {late ? say('late', { by: span(-left) }) : span(left)}
    </span>
  );
}

function Flags({ line }: { line: Line }) {
  return (
    <span className={classes.flags}>
      {line.decision ? (
        <span className={classes.flag} data-kind={line.decision}>
          {stateOf(line.status === 'sent' ? 'sent' : line.decision)}
        </span>
      ) : (
        line.status !== 'pending' && <span className={classes.flag}>{stateOf(line.status)}</span>
      )}
      {line.version > 1 && <span className={classes.flag}>{say('v', { number: line.version })}</span>}
      {line.blocks > 0 && (
        <span className={classes.flag} data-kind="block">
          <IconOctagon size={12} aria-hidden />
          {say('blocks', { count: line.blocks })}
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
          {say('escalated')}
        </span>
      )}
    </span>
  );
}
