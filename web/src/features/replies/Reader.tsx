// One reply: its words, our mail before it, what it means, and what follows from that.
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';

import { again } from '@/api/client';
import desk from '@/components/Desk.module.css';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import parts from '@/components/parts.module.css';
import { day, moment } from '@/lib/time';

import { Follows } from './Follows';
import { Meaning } from './Meaning';
import { useReply, type Reply } from './queries';
import { say } from './texts';

interface Props {
  id: string;
  next: string | undefined;
  shelf: 'all' | undefined;
}

export function Reader({ id, next, shelf }: Props) {
  const found = useReply(id);
  return (
    <article className={desk.reader} aria-label={say('replies')}>
      <Link to="/replies" search={shelf ? { shelf } : {}} className={`${parts.back} ${desk.back}`}>
        <IconArrowLeft size={14} aria-hidden /> {say('back')}
      </Link>
      {found.isLoading && <Loading lines={10} />}
      {found.isError && !found.data && (
        <Failed error={found.error} {...again(found)} />
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
      <header className={desk.head}>
        <h1 className={desk.subject}>{reply.subject}</h1>
        <p className={desk.under}>
          {say('from', { contact: reply.contact, campaign: reply.campaign })} ·{' '}
          <Link to="/prospects/$account" params={{ account: reply.account_id }}>
            {reply.account}
          </Link>{' '}
          · <time dateTime={reply.received_at}>{moment(reply.received_at)}</time>
        </p>
        {reply.draft !== null && reply.step !== null && (
          <p className={desk.under}>
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
      <div className={desk.body}>{reply.text || <span className="quiet">{say('noWords')}</span>}</div>
      <p className={desk.under}>
        {say('stranger')} {reply.kind === 'reply' && say('answerIt')} {reply.is_cut && say('isCut')}{' '}
        {reply.returns_on && say('returnsOn', { day: day(reply.returns_on) })}
      </p>
    </>
  );
}
