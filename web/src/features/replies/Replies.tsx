// What people wrote back: the list beside the one that is read; on a phone one after the other.
import { IconMessageReply, IconMessages } from '@tabler/icons-react';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';

import { Choose, Desk, DeskList } from '@/components/Desk';
import desk from '@/components/Desk.module.css';
import { Empty } from '@/components/Empty';
import { Shelves } from '@/components/Shelves';

import { ReplyLine } from './ReplyLine';
import { Reader } from './Reader';
import { useReplies } from './queries';
import { say } from './texts';

const SHELVES = ['waiting', 'all'] as const;

export function Replies() {
  const { reply } = useParams({ strict: false });
  const shelf = useSearch({ strict: false }).shelf === 'all' ? 'all' : undefined;
  const navigate = useNavigate();
  const isWaiting = shelf === undefined;
  const found = useReplies(isWaiting);
  const next = found.lines.find((line) => line.id !== reply && line.kind === 'reply' && line.reply_class === null);
  return (
    <Desk isOpen={reply !== undefined}>
      <DeskList
        title={say('replies')}
        label={say('list')}
        isBeside={reply !== undefined}
        found={found}
        nothing={<Nothing isWaiting={isWaiting} />}
        lines={found.lines.map((line) => (
          <ReplyLine key={line.id} line={line} isOpen={line.id === reply} shelf={shelf} />
        ))}
        tools={
          <Shelves
            label={say('shelves')}
            className={desk.shelves}
            names={SHELVES}
            chosen={isWaiting ? 'waiting' : 'all'}
            choose={(name) => void navigate({ to: '/replies', search: name === 'all' ? { shelf: 'all' } : {} })}
            on={say}
          />
        }
        older={
          found.hasNextPage
            ? { words: say('older'), isAsked: found.isFetchingNextPage, ask: () => void found.fetchNextPage() }
            : undefined
        }
      />
      {reply ? (
        <Reader key={reply} id={reply} next={next?.id} shelf={shelf} />
      ) : (
        <Choose title={say('choose')} icon={<IconMessageReply size={22} />}>
          {say('about')}
        </Choose>
      )}
    </Desk>
  );
}

function Nothing({ isWaiting }: { isWaiting: boolean }) {
  return (
    <Empty title={say(isWaiting ? 'nothingWaits' : 'nothingYet')} icon={<IconMessages size={22} />}>
      {say(isWaiting ? 'nothingWaitsAbout' : 'nothingYetAbout')}
    </Empty>
  );
}
