// Other words in place of the draft's, plain or in form. While they are written, the checks follow.
import { Button, Kbd, Loader, Skeleton, Textarea, TextInput } from '@mantine/core';
import { Suspense, useEffect, useId } from 'react';

import { sentenceOf } from '@/api/client';
import { later } from '@/components/later';

import classes from './Inbox.module.css';
import { Kind, Lost } from './Kind';
import { useCheck, type Checked } from './queries/check';
import type { Item } from './queries/item';
import rich from './Rich.module.css';
import type { Deciding } from './useDeciding';
import { useWriting } from './useWriting';
import { say } from './writingTexts';

const RichField = later(() => import('./RichField'));

interface Props {
  item: Item;
  deciding: Deciding;
  onChecked: (checked: Checked | null) => void;
  close: () => void;
}

export default function Editor({ item, deciding, onChecked, close }: Props) {
  const writing = useWriting(item);
  const about = useId();
  const check = useCheck(item.number, writing.settled);
  const { data } = check;
  useEffect(() => onChecked(data ?? null), [data, onChecked]);
  const isStale = check.isFetching || !writing.isSettled;
  const isChanged = writing.isChanged(isStale ? undefined : data);
  const save = (andApprove: boolean) => {
    if (isChanged && !deciding.isBusy) deciding.save(writing.words, andApprove);
  };
  return (
    <form
      className={classes.editor}
      onSubmit={(event) => {
        event.preventDefault();
        save(false);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
        if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
          event.preventDefault();
          save(event.shiftKey);
        }
      }}
    >
      <TextInput
        label={say('subject')}
        size="sm"
        maxLength={200}
        value={writing.subject}
        onChange={(event) => writing.setSubject(event.currentTarget.value)}
      />
      <Kind writing={writing} />
      {writing.isRich ? (
        <Suspense fallback={<Skeleton height={320} />}>
          <div>
            <span className={rich.label}>{say('words')}</span>
            <p className={rich.told} id={about}>
              {say('richAbout')}
            </p>
            <RichField
              key={writing.round}
              html={writing.html}
              describedBy={about}
              onChange={writing.setHtml}
              onPasted={writing.notePasted}
            />
          </div>
        </Suspense>
      ) : (
        <Textarea
          label={say('words')}
          description={say('wordsAbout')}
          size="sm"
          autosize
          minRows={10}
          data-autofocus
          autoFocus
          maxLength={20_000}
          value={writing.body}
          onChange={(event) => writing.setBody(event.currentTarget.value)}
        />
      )}
      <Lost writing={writing} />
      <div className={classes.verdict} role="status">
        {isStale ? (
          <>
            <Loader size={13} /> {say('checking')}
          </>
        ) : check.isError ? (
          <span data-kind="block">{sentenceOf(check.error)}</span>
        ) : (
          data && <Verdict checked={data} />
        )}
      </div>
      <div className={classes.actions}>
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        <Button
          type="submit"
          variant="default"
          disabled={!isChanged}
          loading={deciding.isBusy}
          rightSection={<Kbd>{say('saveKeys')}</Kbd>}
        >
          {say('saveVersion')}
        </Button>
        <Button
          disabled={!isChanged || isStale || check.isError || (data?.blocks ?? 0) > 0}
          loading={deciding.isBusy}
          onClick={() => save(true)}
        >
          {say('saveAndApprove')}
        </Button>
      </div>
    </form>
  );
}

function Verdict({ checked }: { checked: Checked }) {
  const { blocks, warns, words } = checked;
  const said =
    blocks > 0
      ? say('toMend', { count: blocks })
      : warns > 0
        ? say('toLookAt', { count: warns })
        : say('allGreen');
  return (
    <>
      <span data-kind={blocks > 0 ? 'block' : warns > 0 ? 'warn' : 'good'}>{said}</span>
      <span className="quiet tabular">{say('wordCount', { count: words })}</span>
    </>
  );
}
