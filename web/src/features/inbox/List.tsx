// The list: shelves, a filter, one line a draft.
import { ActionIcon, Button, Kbd, Skeleton, TextInput, Tooltip } from '@mantine/core';
import { IconChecks, IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useState, type RefObject } from 'react';

import { Shelves } from '@/components/Shelves';
import { useNear } from '@/lib/near';
import { useNow } from '@/lib/time';

import { ListLine } from './ListLine';
import classes from './List.module.css';
import { counted, type Shelf, type useList } from './queries/list';
import type { Place } from './usePlace';
import type { Selection } from './useSelection';
import { say } from './texts';

const SHELVES = ['waiting', 'aside', 'decided'] as const satisfies readonly Shelf[];

interface Props {
  list: ReturnType<typeof useList>;
  place: Place;
  number?: number;
  selection: Selection;
  search: RefObject<HTMLInputElement | null>;
  onTogether: () => void;
}

export function List({ list, place, number, selection, search, onTogether }: Props) {
  const { lines, first } = list;
  const now = useNow(30_000);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const end = useNear(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  });
  const counts: Record<Shelf, number | undefined> = {
    waiting: first?.waiting,
    aside: first?.aside,
    decided: undefined,
  };
  return (
    <section className={classes.list} aria-label={say('drafts')}>
      <div className={classes.top}>
        <Shelves
          label={say('shelf')}
          isTight
          names={SHELVES}
          chosen={place.shelf}
          choose={place.goTo}
          on={(shelf) => (
            <>
              {say(shelf)}
              {counts[shelf] ? <span className={classes.count}>{counted(counts[shelf])}</span> : null}
            </>
          )}
        >
          <Tooltip label={say('alikeAbout')}>
            <ActionIcon
              variant="subtle"
              color="gray"
              ml="auto"
              style={{ flex: 'none' }}
              aria-label={say('alike')}
              onClick={onTogether}
              disabled={place.shelf !== 'waiting' || lines.length < 3}
            >
              <IconChecks size={17} />
            </ActionIcon>
          </Tooltip>
        </Shelves>
        <Filter key={place.shelf} place={place} field={search} />
      </div>
      {selection.numbers.length > 0 && (
        <div className={classes.selected}>
          <span>{say('selected', { count: selection.numbers.length })}</span>
          <Button size="compact-xs" variant="light" onClick={onTogether}>
            {say('together')}
          </Button>
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={say('clear')}
            onClick={selection.clear}
          >
            <IconX size={14} />
          </ActionIcon>
        </div>
      )}
      <ul className={classes.lines}>
        {list.isLoading && <Waiting />}
        {lines.map((line) => (
          <ListLine
            key={line.lineage_id + String(line.number)}
            line={line}
            now={now}
            isOpen={line.number === number}
            isSelected={selection.has(line.number)}
            toggle={selection.toggle}
            open={place.open}
          />
        ))}
        {hasNextPage && (
          <li className={classes.more} ref={end}>
            <Button
              variant="subtle"
              fullWidth
              loading={isFetchingNextPage}
              onClick={() => void fetchNextPage()}
            >
              {say('more')}
            </Button>
          </li>
        )}
        {!list.isLoading && lines.length === 0 && (
          <li className={classes.none}>{say(place.words ? 'noneFound' : 'noneHere')}</li>
        )}
      </ul>
    </section>
  );
}

function Filter({ place, field }: { place: Place; field: RefObject<HTMLInputElement | null> }) {
  const [words, setWords] = useState(place.words);
  const { find, words: known } = place;
  useEffect(() => {
    if (words.trim() === known) return;
    const timer = window.setTimeout(() => find(words.trim()), 250);
    return () => window.clearTimeout(timer);
  }, [words, known, find]);
  return (
    <TextInput
      ref={field}
      size="xs"
      aria-label={say('filter')}
      placeholder={say('filterBy')}
      leftSection={<IconSearch size={14} />}
      rightSection={<Kbd>/</Kbd>}
      value={words}
      onChange={(event) => setWords(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setWords('');
        if (event.key === 'Escape' || event.key === 'Enter') event.currentTarget.blur();
      }}
    />
  );
}

function Waiting() {
  return Array.from({ length: 7 }, (_, place) => (
    <li key={place} className={classes.skeleton} aria-hidden="true">
      <Skeleton height={12} width="55%" />
      <Skeleton height={11} width="85%" mt={8} />
      <Skeleton height={10} width="70%" mt={7} />
    </li>
  ));
}
