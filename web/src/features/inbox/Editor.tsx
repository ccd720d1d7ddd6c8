// Other words in place of the draft's. While they are written, the checks follow.
import { Button, Kbd, Loader, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';

import { sentenceOf } from '@/api/client';

import classes from './Inbox.module.css';
import { useCheck, type Checked } from './queries/check';
import type { Item } from './queries/item';
import type { Deciding } from './useDeciding';

interface Props {
  item: Item;
  deciding: Deciding;
  onChecked: (checked: Checked | null) => void;
  close: () => void;
}

export default function Editor({ item, deciding, onChecked, close }: Props) {
  const [subject, setSubject] = useState(item.subject);
  const [body, setBody] = useState(item.body);
  const [words] = useDebouncedValue({ subject, body }, 300);
  const check = useCheck(item.number, words.subject, words.body);
  const { data } = check;
  useEffect(() => onChecked(data ?? null), [data, onChecked]);
  const isChanged = subject !== item.subject || body !== item.body;
  const isStale = check.isFetching || words.subject !== subject || words.body !== body;
  const save = (andApprove: boolean) => {
    if (isChanged && !deciding.isBusy) deciding.save(subject, body, andApprove);
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
        label="Subject"
        size="sm"
        maxLength={200}
        value={subject}
        onChange={(event) => setSubject(event.currentTarget.value)}
      />
      <Textarea
        label="Words"
        description="From the greeting to the question. Signature and footer are added, and the HTML is made from it."
        size="sm"
        autosize
        minRows={10}
        data-autofocus
        autoFocus
        maxLength={20_000}
        value={body}
        onChange={(event) => setBody(event.currentTarget.value)}
      />
      <div className={classes.verdict} role="status">
        {isStale ? (
          <>
            <Loader size={13} /> Checking…
          </>
        ) : check.isError ? (
          <span data-kind="block">{sentenceOf(check.error)}</span>
        ) : (
          data && <Verdict checked={data} />
        )}
      </div>
      <div className={classes.actions}>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button
          type="submit"
          variant="default"
          disabled={!isChanged}
          loading={deciding.isBusy}
          rightSection={<Kbd>Ctrl ↵</Kbd>}
        >
          Save version
        </Button>
        <Button
          disabled={!isChanged || isStale || check.isError || (data?.blocks ?? 0) > 0}
          loading={deciding.isBusy}
          onClick={() => save(true)}
        >
          Save and approve
        </Button>
      </div>
    </form>
  );
}

function Verdict({ checked }: { checked: Checked }) {
  const { blocks, warns, words } = checked;
  const said =
    blocks > 0
      ? `${blocks} to mend before it can be approved`
      : warns > 0
        ? `Nothing blocks it; ${warns} to look at`
        : 'Every check is green';
  return (
    <>
      <span data-kind={blocks > 0 ? 'block' : warns > 0 ? 'warn' : 'good'}>{said}</span>
      <span className="quiet tabular">{words} words</span>
    </>
  );
}
