// One reply: its words, our mail before it, what it means, and what follows from that.
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';

import { Problem } from '@/api/client';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import parts from '@/components/parts.module.css';
import { day, moment } from '@/lib/time';

import classes from './replies.module.css';
import { Follows } from './Follows';
import { Meaning } from './Meaning';
import { useReply, type Reply } from './queries';
import { say } from './texts';

interface Props {
  id: string;
  next: string | undefined;
  shelf: 'all' | undefined;
}

const isGone = (error: unknown) => error instanceof Problem && error.status === 404;

export function Reader({ id, next, shelf }: Props) {
  const found = useReply(id);
  return (
    <article className={classes.reader} aria-label={say('replies')}>
      <Link to="/replies" search={shelf ? { shelf } : {}} className={`${parts.back} ${classes.back}`}>
        <IconArrowLeft size={14} aria-hidden /> {say('back')}
      </Link>
      {found.isLoading && <Loading lines={10} />}
      {found.isError && !found.data && (
        <Failed error={found.error} {...(isGone(found.error) ? {} : { again: () => void found.refetch() })} />
      )}
      {found.data && (
        <>
          <Words reply={found.data} />
          <Meaning reply={found.data} next={next} shelf={shelf} />
          <Follows reply={found.data} />
        </>
      )}
    </article>
  );
}

function Words({ reply }: { reply: Reply }) {
  return (
    <>
      <header className={classes.head}>
        <h1 className={classes.subject}>{reply.subject}</h1>
        <p className={classes.under}>
          {say('from', { contact: reply.contact, campaign: reply.campaign })} ·{' '}
          <Link to="/prospects/$account" params={{ account: reply.account_id }}>
            {reply.account}
          </Link>{' '}
          · <time dateTime={reply.received_at}>{moment(reply.received_at)}</time>
        </p>
        {reply.draft !== null && reply.step !== null && (
          <p className={classes.under}>
            <Link to="/inbox/$number" params={{ number: String(reply.draft) }}>
              {say('answersDraft', { step: reply.step, subject: reply.our_subject ?? '' })}
            </Link>
            {reply.answers && (
              <>
                {' · '}
                <Link to="/trace" search={{ id: reply.answers }}>
                  {say('trace')}
                </Link>
              </>
            )}
          </p>
        )}
      </header>
      <div className={classes.body}>{reply.text || <span className="quiet">{say('noWords')}</span>}</div>
      <p className={classes.under}>
        {say('stranger')} {reply.is_cut && say('isCut')}{' '}
        {reply.returns_on && say('returnsOn', { day: day(reply.returns_on) })}
      </p>
    </>
  );
}
