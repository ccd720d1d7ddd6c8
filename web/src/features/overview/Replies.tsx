// The figure that counts, with who it was; and every kind of mail that came back.
import { Link } from '@tanstack/react-router';

import { Bars, percent } from '@/components/Bars';
import { Part } from '@/components/Screen';
import { moment } from '@/lib/time';

import classes from './overview.module.css';
import type { Overview } from './queries';

const KINDS: Readonly<Record<string, readonly [string, 'good' | 'warn' | 'bad' | undefined]>> = {
  reply: ['A person wrote back', 'good'],
  opt_out: ['Asked to stop', 'warn'],
  auto_reply: ['Automatic answer', undefined],
  bounce: ['Came back', 'bad'],
  complaint: ['Complaint', 'bad'],
};

interface Props {
  replies: Overview['replies'];
  sent: number;
}

export function Replies({ replies, sent }: Props) {
  return (
    <div className={classes.two}>
      <Part title="Positive replies">
        <div className={classes.card}>
          <Headline replies={replies} sent={sent} />
        </div>
      </Part>
      <Part title="What came back">
        <div className={classes.card}>
          <Kinds kinds={replies.kinds} />
        </div>
      </Part>
    </div>
  );
}

function Headline({ replies, sent }: Props) {
  return (
    <>
      <p className={classes.big}>
        {isKnown(replies) ? (
          <strong>{replies.good.toLocaleString('en')}</strong>
        ) : (
          <strong className={classes.notYet}>Not known yet</strong>
        )}
        <span className="quiet">
          {replies.good > 0 && sent > 0 && `${percent(replies.good, sent)} of ${sent} sent`}
        </span>
      </p>
      <p className={classes.note}>{told(replies)}</p>
      {replies.newest.length > 0 && (
        <ul className={classes.newest}>
          {replies.newest.map((one) => (
            <li key={`${one.account_id}-${one.at}`}>
              <Link to="/prospects/$account" params={{ account: one.account_id }}>
                {one.contact}, {one.account}
              </Link>
              <span className="quiet">
                {one.reply_class === 'meeting' ? 'wants to meet' : 'is interested'}, {moment(one.at)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** A nought would be a claim while nobody has said what the answers mean. */
function isKnown({ answered, classified }: Overview['replies']): boolean {
  return answered === 0 || classified > 0;
}

/** What the figure means, and what it cannot know yet. */
function told({ answered, classified }: Overview['replies']): string {
  const people = answered === 1 ? '1 person wrote back' : `${answered} people wrote back`;
  if (answered === 0) return 'Nobody wrote back yet. Interested or a meeting: that counts here.';
  if (classified === 0) return `${people}, and no answer has a class yet, so nobody can say which are good.`;
  return `${people}; ${classified} answers have a class. Interested or a meeting counts here.`;
}

function Kinds({ kinds }: { kinds: Readonly<Record<string, number>> }) {
  const all = Object.values(kinds).reduce((sum, count) => sum + count, 0);
  if (all === 0) return <p className={classes.note}>Nothing came back yet.</p>;
  return (
    <Bars
      caption="Mails that came back, by kind"
      share="Share of all that came back"
      bars={Object.entries(kinds).map(([kind, count]) => {
        const [name, tone] = KINDS[kind] ?? [kind.replaceAll('_', ' '), undefined];
        return { name, count, of: all, ...(tone ? { tone } : {}) };
      })}
    />
  );
}
