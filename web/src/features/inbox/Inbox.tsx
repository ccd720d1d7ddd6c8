// The inbox: the list, the mail, the evidence. Which draft is open stands in the address.
import { IconInbox, IconMoodSmile } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';

import { Empty } from '@/components/Empty';
import { Failed } from '@/components/Failed';

import classes from './Inbox.module.css';
import { Bulk } from './later';
import { List } from './List';
import { useList } from './queries/list';
import { Reader } from './Reader';
import { UndoBar } from './UndoBar';
import { usePlace } from './usePlace';
import { useSelection } from './useSelection';
import { useUndo } from './useUndo';
import { say, told } from './texts';

export function Inbox({ number }: { number?: number }) {
  const place = usePlace();
  const { shelf, words } = place;
  const list = useList(shelf, words);
  const { lines } = list;
  const undo = useUndo(place.open);
  const selection = useSelection(lines);
  const search = useRef<HTMLInputElement>(null);
  const [together, setTogether] = useState(false);

  const index = lines.findIndex((line) => line.number === number);
  const [lastIndex, setLastIndex] = useState(0);
  if (index >= 0 && index !== lastIndex) setLastIndex(index);

  const neighbour = useMemo(() => {
    // A draft that left the list leaves its place to the next one.
    const at = index >= 0 ? index : lastIndex - 0.5;
    return {
      next: lines[Math.floor(at + 1)]?.number,
      before: lines[Math.ceil(at - 1)]?.number,
    };
  }, [index, lastIndex, lines]);

  const { open } = place;
  const left = useRef<number | undefined>(undefined);
  const first = lines[0]?.number;
  useEffect(() => {
    if (number === undefined && first !== undefined && first !== left.current && !isNarrow())
      open(first, true);
  }, [number, first, open]);

  const onward = useCallback(() => {
    left.current = number;
    const next = neighbour.next ?? neighbour.before;
    if (next === undefined || next === number) place.close();
    else open(next);
  }, [neighbour, number, open, place]);

  return (
    <div className={classes.inbox} data-open={number !== undefined || undefined}>
      <h1 className="only-read-aloud">{say('inbox')}</h1>
      <List
        list={list}
        place={place}
        {...(number === undefined ? {} : { number })}
        selection={selection}
        search={search}
        onTogether={() => setTogether(true)}
      />
      {number === undefined ? (
        <div className={classes.nothing}>
          {list.isError ? (
            <Failed error={list.error} again={() => void list.refetch()} />
          ) : (
            !list.isLoading && <Nothing shelf={shelf} words={words} />
          )}
        </div>
      ) : (
        <Reader
          key={number}
          number={number}
          place={place}
          neighbour={neighbour}
          onward={onward}
          undo={undo}
          selection={selection}
          focusSearch={() => search.current?.focus()}
        />
      )}
      <UndoBar undo={undo} />
      {together && (
        <Suspense>
          <Bulk
            close={() => setTogether(false)}
            lines={lines}
            selection={selection}
            open={place.open}
          />
        </Suspense>
      )}
    </div>
  );
}

function isNarrow(): boolean {
  return window.matchMedia('(max-width: 900px)').matches;
}

function Nothing({ shelf, words }: { shelf: string; words: string }) {
  if (words)
    return (
      <Empty title={say('noMatch')} icon={<IconInbox size={22} />}>
        {say('noMatchAbout')}
      </Empty>
    );
  if (shelf === 'waiting')
    return (
      <Empty title={say('noneWait')} icon={<IconMoodSmile size={22} />}>
        {told('noneWaitAbout', { campaigns: <Link to="/campaigns">{say('campaigns')}</Link> })}
      </Empty>
    );
  return (
    <Empty
      title={say(shelf === 'aside' ? 'noneAside' : 'noneDecided')}
      icon={<IconInbox size={22} />}
    />
  );
}
