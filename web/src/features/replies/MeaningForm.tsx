// What a reply may be said to mean; said a second time it is a correction, which tells what stays.
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';

import classes from './replies.module.css';
import { useCorrect, useSay, type Reply, type ReplyClass } from './queries';
import { say } from './texts';

const PICKS = ['interested', 'meeting', 'not_now', 'objection', 'out_of_office', 'opted_out'] as const;
const WITH_A_DAY: readonly (string | null)[] = ['not_now', 'out_of_office'];

interface Props {
  reply: Reply;
  /** It was said; these sentences are what a person must know of a correction. */
  done: (told: readonly string[]) => void;
  leave: (() => void) | undefined;
}

export function Form({ reply, done, leave }: Props) {
  const before = reply.reply_class as ReplyClass | null;
  const [picked, setPicked] = useState(before);
  const [until, setUntil] = useState(reply.returns_on ?? '');
  const [goesOn, setGoesOn] = useState(false);
  const saying = useSay(reply.id);
  const correcting = useCorrect(reply.id);
  const hasDay = WITH_A_DAY.includes(picked);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!picked) return;
    const said = { reply_class: picked, until: hasDay && until ? until : null };
    if (before === null) saying.mutate(said, { onSuccess: () => done([]) });
    else correcting.mutate({ ...said, go_on: goesOn }, { onSuccess: (found) => done(found.told) });
  };
  return (
    <form onSubmit={submit} className={parts.form}>
      <Picks picked={picked} pick={setPicked} />
      {hasDay && (
        <TextInput
          type="date"
          size="sm"
          className={classes.until}
          label={say('until')}
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
      )}
      {before !== null && (
        <Checkbox
          size="sm"
          label={say('goOn')}
          description={say('goOnHint')}
          checked={goesOn}
          onChange={(event) => setGoesOn(event.currentTarget.checked)}
        />
      )}
      <Trouble error={saying.error ?? correcting.error} />
      <div className={parts.actions}>
        <Button
          type="submit"
          size="sm"
          disabled={!picked || picked === before}
          loading={saying.isPending || correcting.isPending}
          {...(picked === 'opted_out' ? { color: 'red.8' } : {})}
        >
          {say('say')}
        </Button>
        {leave && (
          <Button size="sm" variant="default" onClick={leave}>
            {say('cancel')}
          </Button>
        )}
      </div>
    </form>
  );
}

function Picks({ picked, pick }: { picked: ReplyClass | null; pick: (name: ReplyClass) => void }) {
  return (
    <fieldset className={classes.picks}>
      <legend className="only-read-aloud">{say('means')}</legend>
      {PICKS.map((name) => (
        <label key={name} className={classes.pick}>
          <input
            type="radio"
            name="means"
            value={name}
            checked={picked === name}
            onChange={() => pick(name)}
            aria-describedby={`then-${name}`}
            aria-label={say(`pick_${name}`)}
          />
          {say(`pick_${name}`)}
          <span id={`then-${name}`} className={classes.then}>
            {say(`then_${name}`)}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
