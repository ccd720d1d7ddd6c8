// The mail: its words with claims and flaws marked, as it is sent, and what changed.
import { Button, Kbd } from '@mantine/core';
import { IconLayersDifference, IconPhoto } from '@tabler/icons-react';
import { Suspense, useMemo, useState } from 'react';

import { listed } from '@/lib/texts/format';

import { formsOf } from './form';
import classes from './Mail.module.css';
import { Changes } from './later';
import type { Item } from './queries/item';
import { say } from './texts';
import { Words } from './Words';

export const VIEWS = ['words', 'sent', 'text', 'changes'] as const;
export type View = (typeof VIEWS)[number];

const FORMS = {
  bold: 'formBold',
  italic: 'formItalic',
  links: 'formLinks',
  lists: 'formLists',
} as const;

interface Props {
  item: Item;
  view: View;
  setView: (view: View) => void;
  source: number | null;
  setSource: (source: number | null) => void;
  /** See other mails in place of this one. */
  others: () => void;
}

export function Mail({ item, view, setView, source, setSource, others }: Props) {
  const views = useMemo<readonly View[]>(
    () => (item.versions.length > 1 ? VIEWS : VIEWS.filter((one) => one !== 'changes')),
    [item.versions.length],
  );
  const shown = views.includes(view) ? view : 'words';
  return (
    <>
      <div className={classes.top}>
        <div className={classes.views} role="group" aria-label={say('view')}>
          {views.map((one) => (
            <button
              key={one}
              type="button"
              className={classes.view}
              aria-pressed={shown === one}
              onClick={() => setView(one)}
            >
              {say(one)}
            </button>
          ))}
        </div>
        {item.status === 'pending' && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            className={classes.others}
            leftSection={<IconLayersDifference size={15} />}
            rightSection={<Kbd className={classes.otherKey}>W</Kbd>}
            onClick={others}
          >
            {say('others')}
          </Button>
        )}
      </div>
      {shown === 'words' && <InForm item={item} see={() => setView('sent')} />}
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

/** The words are shown with their claims and without their form: it must be looked at as well. */
function InForm({ item, see }: { item: Item; see: () => void }) {
  if (item.rich === null) return null;
  const forms = formsOf(item.rich).map((one) => say(FORMS[one]));
  return (
    <p className={classes.inForm}>
      {say('inForm', { forms: listed(forms) })}
      <Button size="compact-sm" variant="default" onClick={see}>
        {say('seeIt')}
      </Button>
    </p>
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
        title={say('frame')}
        className={classes.frame}
        src={`/api/inbox/${item.number}/${withPictures ? 'pictures' : 'mail'}`}
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
      />
    </div>
  );
}
