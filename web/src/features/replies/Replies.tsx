// What people wrote back: the list beside the one that is read; on a phone one after the other.
import { Button } from '@mantine/core';
import { IconMessageReply, IconMessages } from '@tabler/icons-react';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';

import { Empty } from '@/components/Empty';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';

import { ReplyLine } from './ReplyLine';
import { Reader } from './Reader';
import classes from './replies.module.css';
import { useReplies } from './queries';
import { say } from './texts';

const SHELVES = ['waiting', 'all'] as const;

export function Replies() {
  const { reply } = useParams({ strict: false });
  const shelf = useSearch({ strict: false }).shelf === 'all' ? 'all' : undefined;
  const isWaiting = shelf === undefined;
  const found = useReplies(isWaiting);
  // Whichever stands alone on a phone is the screen's heading.
  const Title = reply ? 'h2' : 'h1';
  const next = found.lines.find((line) => line.id !== reply && line.kind === 'reply' && line.reply_class === null);
  return (
    <div className={classes.replies} data-open={reply ? true : undefined}>
      <section className={classes.list} aria-label={say('list')}>
        <header className={classes.top}>
          <Title className={classes.title}>{say('replies')}</Title>
          <Shelves isWaiting={isWaiting} />
        </header>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by key */}
        <div className={classes.lines} tabIndex={0} role="region" aria-label={say('list')}>
          {found.isLoading && <Loading lines={8} />}
          {found.isError && <Failed error={found.error} again={() => void found.refetch()} />}
          {found.data && found.lines.length === 0 && <Nothing isWaiting={isWaiting} />}
          <ul className={classes.items}>
            {found.lines.map((line) => (
              <ReplyLine key={line.id} line={line} isOpen={line.id === reply} shelf={shelf} />
            ))}
          </ul>
          {found.hasNextPage && (
            <Button m="sm" variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              {say('older')}
            </Button>
          )}
        </div>
      </section>
      {reply ? (
        <Reader key={reply} id={reply} next={next?.id} shelf={shelf} />
      ) : (
        <div className={classes.nothing}>
          <Empty title={say('choose')} icon={<IconMessageReply size={22} />}>
            {say('about')}
          </Empty>
        </div>
      )}
    </div>
  );
}

function Shelves({ isWaiting }: { isWaiting: boolean }) {
  const navigate = useNavigate();
  return (
    <div className={classes.shelves} role="group" aria-label={say('shelves')}>
      {SHELVES.map((name) => (
        <button
          key={name}
          type="button"
          className={classes.shelf}
          aria-pressed={(name === 'waiting') === isWaiting}
          onClick={() => void navigate({ to: '/replies', search: name === 'all' ? { shelf: 'all' } : {} })}
        >
          {say(name)}
        </button>
      ))}
    </div>
  );
}

function Nothing({ isWaiting }: { isWaiting: boolean }) {
  return (
    <Empty title={say(isWaiting ? 'nothingWaits' : 'nothingYet')} icon={<IconMessages size={22} />}>
      {say(isWaiting ? 'nothingWaitsAbout' : 'nothingYetAbout')}
    </Empty>
  );
}
