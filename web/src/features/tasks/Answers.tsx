// What can be said of a task. The server says what is allowed, and why the rest is not.
import { Button, Kbd, TextInput, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCheck, IconPlayerSkipForward, IconSend2, IconX } from '@tabler/icons-react';
import { useState } from 'react';

import { sentenceOf } from '@/api/client';
import { useMay } from '@/api/me';
import { useKeys } from '@/lib/keys';

import { useSay, type Task, type Verb } from './queries';
import classes from './tasks.module.css';
import { say } from './texts';

const ICONS = { done: IconCheck, skip: IconPlayerSkipForward, approve: IconSend2, lost: IconX } as const;
const KEYS = { done: 'D', skip: 'S', approve: 'A', lost: 'L' } as const;
/** These end the task without a way back, so they are said twice, with a note if one likes. */
const ASKS = ['done', 'skip'] as const;
type Ask = (typeof ASKS)[number];
const asks = (verb: Verb): verb is Ask => verb === 'done' || verb === 'skip';

/** What there is to say of such a task; the first is what one mostly says. */
function verbsOf(task: Task): readonly Verb[] {
  if (task.kind !== 'sms') return ['done', 'skip'];
  return task.status === 'unknown' ? ['done', 'lost', 'skip'] : ['approve', 'skip'];
}

function nameOf(task: Task, verb: Verb): string {
  if (verb !== 'done') return say(verb);
  if (task.kind === 'sms') return say('arrived');
  return say(task.kind === 'answer' ? 'read' : 'done');
}

export function Answers({ task, onward }: { task: Task; onward: () => void }) {
  const mayDo = useMay('tasks.do');
  const mayRelease = useMay('drafts.decide');
  const [asked, setAsked] = useState<Ask | null>(null);
  const [left, setLeft] = useState<Ask | null>(null);
  const saying = useSay(task.number);
  const verbs = verbsOf(task);
  const send = (verb: Verb, note = '') => {
    if (saying.isPending) return;
    // A promise, for this bar may be gone when the answer comes.
    saying
      .mutateAsync({ verb, note })
      .then(() => {
        notifications.show({ message: say(`said_${verb}`, { number: String(task.number) }), color: 'pine' });
        if (verb !== 'lost') onward();
      })
      .catch((error: unknown) =>
        notifications.show({ title: say('didNotWork'), message: sentenceOf(error), color: 'red' }),
      );
  };
  const act = (verb: Verb) => {
    if (asked || !verbs.includes(verb) || !task.can[verb]?.allowed) return;
    if (asks(verb)) setAsked(verb);
    else send(verb);
  };
  useKeys({ d: () => act('done'), s: () => act('skip'), a: () => act('approve'), l: () => act('lost') });
  if (!mayDo && !mayRelease) return <p className={classes.bar}>{say('mayNot')}</p>;
  // Of a task that is over nothing can be said any more.
  if (!verbs.some((verb) => task.can[verb]?.allowed) && task.status !== 'open' && task.status !== 'failed') return null;
  if (asked)
    return (
      <Asked
        verb={asked}
        goesOn={task.kind !== 'answer' && task.sequence === 'active'}
        isBusy={saying.isPending}
        send={(note) => send(asked, note)}
        leave={() => {
          setLeft(asked);
          setAsked(null);
        }}
      />
    );
  return (
    <div className={classes.bar} role="toolbar" aria-label={say('decide')}>
      {verbs.map((verb, place) => (
        <Answer
          key={verb}
          task={task}
          verb={verb}
          isFirst={place === 0}
          wasLeft={verb === left}
          act={() => act(verb)}
          isBusy={saying.isPending}
        />
      ))}
    </div>
  );
}

interface AnswerProps {
  task: Task;
  verb: Verb;
  isFirst: boolean;
  /** Its question was closed without an answer: the focus comes back. */
  wasLeft: boolean;
  isBusy: boolean;
  act: () => void;
}

function Answer({ task, verb, isFirst, wasLeft, isBusy, act }: AnswerProps) {
  const may = task.can[verb];
  const Icon = ICONS[verb];
  return (
    <Tooltip label={may?.why_not} disabled={!may?.why_not} multiline maw={320}>
      <span>
        <Button
          size="sm"
          autoFocus={wasLeft}
          {...(isFirst ? {} : { variant: 'default' })}
          leftSection={<Icon size={16} />}
          rightSection={<Kbd {...(isFirst ? { className: classes.key } : {})}>{KEYS[verb]}</Kbd>}
          disabled={!may?.allowed}
          loading={isBusy && !asks(verb)}
          onClick={act}
        >
          {nameOf(task, verb)}
        </Button>
      </span>
    </Tooltip>
  );
}

interface AskedProps {
  verb: Ask;
  /** Whether its sequence goes on with it. */
  goesOn: boolean;
  isBusy: boolean;
  send: (note: string) => void;
  leave: () => void;
}

function Asked({ verb, goesOn, isBusy, send, leave }: AskedProps) {
  const [note, setNote] = useState('');
  return (
    <form
      className={classes.asked}
      onSubmit={(event) => {
        event.preventDefault();
        send(note.trim());
      }}
      onKeyDown={(event) => {
        // No key of the screen takes the note away.
        if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
        if (event.key === 'Escape') leave();
      }}
    >
      <TextInput
        size="sm"
        autoFocus
        label={say(verb === 'done' ? 'noteDone' : 'noteSkip')}
        description={goesOn && say('noUndo')}
        maxLength={500}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div className={classes.buttons}>
        <Button size="sm" type="submit" loading={isBusy} rightSection={<Kbd className={classes.key}>↵</Kbd>}>
          {say(`confirm_${verb}`)}
        </Button>
        <Button size="sm" variant="default" onClick={leave}>
          {say('cancel')}
        </Button>
      </div>
    </form>
  );
}
