// One reply in the list: who, when, the first words, what it means.
import { Link } from '@tanstack/react-router';

import desk from '@/components/Desk.module.css';
import parts from '@/components/parts.module.css';
import { relative, useNow } from '@/lib/time';

import type { Line } from './queries';
import { say, worded } from './texts';

interface Props {
  line: Line;
  isOpen: boolean;
  shelf: 'all' | undefined;
}

export function ReplyLine({ line, isOpen, shelf }: Props) {
  const now = useNow(60_000);
  const who = say('line', { contact: line.contact, account: line.account });
  return (
    <li>
      <Link
        to="/replies/$reply"
        params={{ reply: line.id }}
        search={shelf ? { shelf } : {}}
        className={desk.line}
        aria-current={isOpen ? 'true' : undefined}
      >
        <span className={desk.first}>
          <strong className={desk.who} title={who}>
            {who}
          </strong>
          <time dateTime={line.received_at} className={desk.when}>
            {relative(line.received_at, now)}
          </time>
        </span>
        <span className={desk.words}>{line.words}</span>
        <Badge line={line} />
      </Link>
    </li>
  );
}

const TONES: Readonly<Record<string, string>> = {
  interested: 'good',
  meeting: 'good',
  objection: 'warn',
  opted_out: 'bad',
};

export function Badge({ line }: { line: Line }) {
  const { reply_class: said, kind } = line;
  if (said)
    return (
      <span className={parts.badge} data-tone={TONES[said]}>
        {worded(`class_${said}`, said)}
      </span>
    );
  if (kind !== 'reply')
    return (
      <span className={parts.badge} data-tone={kind === 'opt_out' ? 'bad' : ''}>
        {worded(`kind_${kind}`, kind)}
      </span>
    );
  return <span className={parts.badge}>{say('unclassed')}</span>;
}
