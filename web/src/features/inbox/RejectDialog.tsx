// Send a draft back: what it is about, and what to do better.
import '@mantine/core/styles/Chip.layer.css';

import { Button, Chip, Kbd, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';

import classes from './Inbox.module.css';
import { CATEGORIES, type Category } from './queries/decide';
import type { Item } from './queries/item';
import type { Deciding } from './useDeciding';
import { say } from './writingTexts';

const OFTEN = ['shorter', 'lessFormal', 'otherAngle', 'noFigure', 'otherQuestion'] as const;

interface Props {
  item: Item;
  close: () => void;
  deciding: Deciding;
}

export default function RejectDialog({ item, close, deciding }: Props) {
  return (
    <Modal opened onClose={close} title={say('sendBack', { subject: item.subject })} size="md">
      <Form close={close} deciding={deciding} />
    </Modal>
  );
}

function Form({ close, deciding }: { close: () => void; deciding: Deciding }) {
  const [note, setNote] = useState('');
  const [category, setCategory] = useState<Category | null>(null);
  const send = () => {
    if (note.trim() && !deciding.isBusy) deciding.reject(note.trim(), category, close);
  };
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) send();
      }}
    >
      <Textarea
        label={say('better')}
        description={say('betterAbout')}
        data-autofocus
        autosize
        minRows={3}
        maxRows={9}
        maxLength={4000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div className={classes.chips}>
        {OFTEN.map((key) => say(key)).map((words) => (
          <Button
            key={words}
            variant="default"
            size="compact-xs"
            onClick={() => setNote((now) => (now.trim() ? `${now.trim()}, ${words.toLowerCase()}` : words))}
          >
            {words}
          </Button>
        ))}
      </div>
      <fieldset className={classes.about}>
        <legend>{say('about')}</legend>
        <Chip.Group
          value={category}
          onChange={(value) => setCategory((value as Category | null) ?? null)}
        >
          <div className={classes.chips}>
            {CATEGORIES.map((value) => (
              <Chip
                key={value}
                value={value}
                size="xs"
                onClick={() => category === value && setCategory(null)}
              >
                {say(value)}
              </Chip>
            ))}
          </div>
        </Chip.Group>
      </fieldset>
      <div className={classes.actions}>
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        <Button
          type="submit"
          loading={deciding.isBusy}
          disabled={!note.trim()}
          rightSection={<Kbd className={classes.key}>{say('saveKeys')}</Kbd>}
        >
          {say('sendBackNow')}
        </Button>
      </div>
    </form>
  );
}
