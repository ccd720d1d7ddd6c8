// The figure that counts, with who it was; every kind of mail that came back; and what answers mean.
import { Link } from '@tanstack/react-router';

import { useMay } from '@/api/me';
import { Bars, percent } from '@/components/Bars';
import { Part } from '@/components/Screen';
import { moment } from '@/lib/time';
import { number } from '@/lib/texts/format';

import classes from './overview.module.css';
import type { Overview } from './queries';
import { say, worded } from './texts';

type Tone = 'good' | 'warn' | 'bad';
const KIND_TONES: Readonly<Record<string, Tone>> = { reply: 'good', opt_out: 'warn', bounce: 'bad', complaint: 'bad' };
const CLASS_TONES: Readonly<Record<string, Tone>> = { interested: 'good', meeting: 'good', opted_out: 'warn' };

interface Props {
  replies: Overview['replies'];
  sent: number;
}

export function Replies({ replies, sent }: Props) {
  return (
    <div className={classes.two}>
      <Part title={say('positive')}>
        <div className={classes.card}>
          <Headline replies={replies} sent={sent} />
        </div>
      </Part>
      <Part title={say('cameBack')}>
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
          <strong>{number(replies.good)}</strong>
        ) : (
          <strong className={classes.notYet}>{say('notYet')}</strong>
        )}
        <span className="quiet">
          {replies.good > 0 && sent > 0 && say('ofSent', { share: percent(replies.good, sent), count: sent })}
        </span>
      </p>
      <p className={classes.note}>{sentence(replies)}</p>
      {replies.newest.length > 0 && (
        <ul className={classes.newest}>
          {replies.newest.map((one) => (
            <li key={`${one.account_id}-${one.at}`}>
              <Link to="/prospects/$account" params={{ account: one.account_id }}>
                {say('whoWhere', { contact: one.contact, account: one.account })}
              </Link>
              <span className="quiet">
                {say(one.reply_class === 'meeting' ? 'wantsToMeet' : 'isInterested', { when: moment(one.at) })}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** A nought would be a claim while nobody has said what the answers mean. */
export function isKnown({ answered, classified }: Overview['replies']): boolean {
  return answered === 0 || classified > 0;
}

/** What the figure means, and what it cannot know yet. */
function sentence({ answered: count, classified: classed }: Overview['replies']): string {
  if (count === 0) return say('nobodyYet');
  return classed === 0 ? say('noneClassed', { count }) : say('someClassed', { count, classed });
}

function Kinds({ kinds }: { kinds: Readonly<Record<string, number>> }) {
  const all = Object.values(kinds).reduce((sum, count) => sum + count, 0);
  if (all === 0) return <p className={classes.note}>{say('nothingBack')}</p>;
  return (
    <Bars
      caption={say('kinds')}
      share={say('shareOfBack')}
      bars={Object.entries(kinds).map(([kind, count]) => toned(worded(`kind_${kind}`, kind), count, all, KIND_TONES[kind]))}
    />
  );
}

const toned = (name: string, count: number, of: number, tone: Tone | undefined) => ({
  name,
  count,
  of,
  ...(tone ? { tone } : {}),
});

/** What people wrote back, by its class; what nobody has said yet has a bar too. */
export function Meanings({ replies }: { replies: Overview['replies'] }) {
  const mayRead = useMay('replies.read');
  const { meanings, unclassed } = replies;
  const all = Object.values(meanings).reduce((sum, count) => sum + count, unclassed);
  if (all === 0) return <p className={classes.none}>{say('noAnswers')}</p>;
  return (
    <div className={classes.card}>
      <Bars
        caption={say('meanings')}
        share={say('shareOfAnswers')}
        bars={[
          ...Object.entries(meanings).map(([name, count]) =>
            toned(worded(`class_${name}`, name), count, all, CLASS_TONES[name]),
          ),
          ...(unclassed > 0 ? [{ name: say('unclassed'), count: unclassed, of: all }] : []),
        ]}
      />
      {unclassed > 0 && mayRead && (
        <p className={classes.note}>
          <Link to="/replies">{say('sayThem', { count: unclassed })}</Link>
        </p>
      )}
    </div>
  );
}
