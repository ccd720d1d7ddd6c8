// One draft: the mail in the middle, the evidence beside it, the answers below.
import { Button, Skeleton } from '@mantine/core';
import { Suspense, useEffect, useState } from 'react';

import { again } from '@/api/client';
import { Failed } from '@/components/Failed';
import { useKeys } from '@/lib/keys';

import { ActionBar } from './ActionBar';
import { Evidence } from './Evidence';
import classes from './Inbox.module.css';
import { Editor, RejectDialog, Variants } from './later';
import { Mail, VIEWS, type View } from './Mail';
import { MailHead } from './MailHead';
import { isBeingWritten, useItem, useLook, usePrefetch, type Item } from './queries/item';
import type { Checked } from './queries/check';
import { Standing } from './Standing';
import { useDeciding } from './useDeciding';
import type { Place } from './usePlace';
import type { Selection } from './useSelection';
import type { Undo } from './useUndo';
import { say } from './texts';

interface Props {
  number: number;
  place: Place;
  neighbour: { next: number | undefined; before: number | undefined };
  onward: () => void;
  undo: Undo;
  selection: Selection;
  focusSearch: () => void;
}

export function Reader(props: Props) {
  const { number, place } = props;
  const found = useItem(number);
  useLook(number);
  usePrefetch(props.neighbour.next);
  const successor = found.data?.status === 'rejected' ? found.data.replaced_by : null;
  const [wasRejectedHere, setRejectedHere] = useState(false);
  const { open } = place;
  useEffect(() => {
    // The new version takes the place of the one that was sent back from this screen.
    if (wasRejectedHere && successor !== null) open(successor, true);
  }, [wasRejectedHere, successor, open]);

  if (found.isError && !found.data)
    return (
      <div className={classes.nothing}>
        <Failed error={found.error} {...again(found)}>
          <Button variant="subtle" onClick={props.place.close}>
            {say('back')}
          </Button>
        </Failed>
      </div>
    );
  if (!found.data) return <Loading />;
  return <Opened {...props} item={found.data} noteRejected={() => setRejectedHere(true)} />;
}

function Opened({
  item,
  noteRejected,
  ...props
}: Props & { item: Item; noteRejected: () => void }) {
  const { place, neighbour, undo, selection } = props;
  const [view, setView] = useState<View>(item.versions.length > 1 && item.replaces ? 'changes' : 'words');
  const [mode, setMode] = useState<'read' | 'edit' | 'reject' | 'variants'>('read');
  const [tried, setTried] = useState<Checked | null>(null);
  const [source, setSource] = useState<number | null>(null);
  const deciding = useDeciding(item, { ...props, noteRejected });
  const go = (to: number | undefined) => to !== undefined && place.open(to);
  const may = (verb: string) => item.can[verb]?.allowed ?? false;

  useKeys({
    // While something else is written or asked, no key answers the mail or leaves it.
    ...(mode === 'read' && {
      j: () => go(neighbour.next),
      k: () => go(neighbour.before),
      ArrowDown: () => go(neighbour.next),
      ArrowUp: () => go(neighbour.before),
      a: deciding.approve,
      e: () => may('edit') && setMode('edit'),
      r: () => may('reject') && setMode('reject'),
      w: () => item.status === 'pending' && setMode('variants'),
      s: deciding.snooze,
      x: () => selection.toggle(item.number),
      v: () => setView((now) => VIEWS[(VIEWS.indexOf(now) + 1) % VIEWS.length] ?? 'words'),
      '/': props.focusSearch,
    }),
    z: undo.now,
    Escape: () => (selection.numbers.length > 0 ? selection.clear() : place.close()),
  });

  return (
    <>
      <section className={classes.mail} aria-label={say('draft', { number: String(item.number) })}>
        <MailHead item={item} back={place.close} />
        <div className={classes.paper}>
          <Standing item={item} open={place.open} isWritten={isBeingWritten(item)} />
          {mode === 'edit' ? (
            <Suspense>
              <Editor
                item={item}
                deciding={deciding}
                onChecked={setTried}
                close={() => {
                  setMode('read');
                  setTried(null);
                }}
              />
            </Suspense>
          ) : (
            <Mail
              item={item}
              view={view}
              setView={setView}
              source={source}
              setSource={setSource}
              others={() => setMode('variants')}
            />
          )}
        </div>
        {mode !== 'edit' && (
          <ActionBar
            item={item}
            deciding={deciding}
            edit={() => setMode('edit')}
            reject={() => setMode('reject')}
          />
        )}
        {mode === 'reject' && (
          <Suspense>
            <RejectDialog item={item} close={() => setMode('read')} deciding={deciding} />
          </Suspense>
        )}
        {mode === 'variants' && (
          <Suspense>
            <Variants item={item} close={() => setMode('read')} deciding={deciding} />
          </Suspense>
        )}
      </section>
      <Evidence item={item} tried={tried} source={source} setSource={setSource} open={place.open} />
    </>
  );
}

function Loading() {
  return (
    <section className={classes.mail} aria-busy="true" aria-label={say('loading')}>
      <div className={classes.paper}>
        <Skeleton height={20} width="40%" mb={24} mt={24} />
        {[92, 88, 95, 60].map((width) => (
          <Skeleton key={width} height={13} width={`${width}%`} mb={10} />
        ))}
      </div>
    </section>
  );
}
