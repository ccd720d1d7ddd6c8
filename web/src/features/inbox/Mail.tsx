// The mail: its words with claims and flaws marked, as it is sent, and what changed.
import { Button } from '@mantine/core';
import { IconPhoto } from '@tabler/icons-react';
import { Suspense, useMemo, useState } from 'react';

import classes from './Mail.module.css';
import { Changes } from './later';
import type { Item } from './queries/item';
import { say } from './texts';
import { Words } from './Words';

export const VIEWS = ['words', 'sent', 'text', 'changes'] as const;
export type View = (typeof VIEWS)[number];

const NAMES: Readonly<Record<View, string>> = {
  words: 'Words',
  sent: 'As it arrives',
  text: 'Plain text',
  changes: 'Changes',
};

interface Props {
  item: Item;
  view: View;
  setView: (view: View) => void;
  source: number | null;
  setSource: (source: number | null) => void;
}

export function Mail({ item, view, setView, source, setSource }: Props) {
  const views = useMemo<readonly View[]>(
    () => (item.versions.length > 1 ? VIEWS : VIEWS.filter((one) => one !== 'changes')),
    [item.versions.length],
  );
  const shown = views.includes(view) ? view : 'words';
  return (
    <>
      <div className={classes.views} role="group" aria-label="View of the mail">
        {views.map((one) => (
          <button
            key={one}
            type="button"
            className={classes.view}
            aria-pressed={shown === one}
            onClick={() => setView(one)}
          >
            {NAMES[one]}
          </button>
        ))}
      </div>
      {shown === 'words' && <Words item={item} source={source} setSource={setSource} />}
      {shown === 'sent' && <AsItArrives item={item} />}
      {shown === 'text' && <pre className={classes.plain}>{item.text}</pre>}
      {shown === 'changes' && (
        <Suspense>
          <Changes item={item} />
        </Suspense>
      )}
    </>
  );
}

/** The mail's own HTML, where nothing runs and nothing is fetched; white, as most people see it. */
function AsItArrives({ item }: { item: Item }) {
  const [withPictures, setWithPictures] = useState(false);
  return (
    <div className={classes.arrives}>
      <p className={classes.subjectLine}>{item.subject}</p>
      {item.has_pictures && !withPictures && (
        <p className={classes.pictures}>
          {say('noPictures')}
          <Button size="compact-sm" variant="default" leftSection={<IconPhoto size={14} />} onClick={() => setWithPictures(true)}>
            {say('showPictures')}
          </Button>
        </p>
      )}
      <iframe
        title="The mail as it arrives"
        className={classes.frame}
        src={`/api/inbox/${item.number}/${withPictures ? 'pictures' : 'mail'}`}
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
      />
    </div>
  );
}
