// One task in the list: who, by which way, what, and when it is due or was done.
import {
  IconBrandLinkedin,
  IconDeviceMobile,
  IconMessageReply,
  IconPhone,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

import desk from '@/components/Desk.module.css';
import parts from '@/components/parts.module.css';
import { relative, useNow } from '@/lib/time';

import type { Line } from './queries';
import classes from './tasks.module.css';
import { toneOf } from './Standing';
import { say, worded } from './texts';
import type { Place } from './usePlace';

const ICONS = {
  linkedin: IconBrandLinkedin,
  call: IconPhone,
  sms: IconDeviceMobile,
  answer: IconMessageReply,
} as const;

interface Props {
  line: Line;
  isOpen: boolean;
  search: Place['search'];
}

export function TaskLine({ line, isOpen, search }: Props) {
  const now = useNow(60_000);
  const who = say('line', { contact: line.contact, account: line.account });
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isOpen) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isOpen]);
  const Icon = ICONS[line.kind];
  const at = line.done_at ?? line.due_at;
  return (
    <li ref={row}>
      <Link
        to="/tasks/$task"
        params={{ task: String(line.number) }}
        search={search}
        className={desk.line}
        aria-current={isOpen ? 'true' : undefined}
      >
        <span className={desk.first}>
          <strong className={desk.who} title={who}>
            {who}
          </strong>
          <time dateTime={at} className={desk.when}>
            {relative(at, now)}
          </time>
        </span>
        <span className={desk.words}>{line.text}</span>
        <span className={classes.kind}>
          <Icon size={14} aria-hidden />
          {say(`kind_${line.kind}`)}
          {line.status !== 'open' && (
            <span className={parts.badge} data-tone={toneOf(line.status)}>
              {worded(`status_${line.status}`, line.status)}
            </span>
          )}
          {line.missed_at && line.status !== 'done' && (
            <span className={parts.badge} data-tone="warn">
              {say('missed')}
            </span>
          )}
        </span>
      </Link>
    </li>
  );
}
