// One step while it is edited: what, when, what a reply means, and what is compared.
import { ActionIcon, Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react';

import { Arms } from './Arms';
import classes from './editor.module.css';
import type { StepForm } from './steps';

const CHANNELS = [
  { value: 'email', label: 'Mail' },
  { value: 'linkedin', label: 'LinkedIn' },
  { value: 'call', label: 'Call' },
  { value: 'sms', label: 'Text message' },
];
const PURPOSES = [
  { value: 'first_touch', label: 'First touch' },
  { value: 'follow_up', label: 'Follow-up' },
  { value: 'break_up', label: 'Break-up' },
];
const STYLES = [
  { value: '', label: 'As learned' },
  { value: 'question', label: 'A question' },
  { value: 'statement', label: 'A statement' },
];
const REPLIES = [
  ['interested', 'Interested', false],
  ['objection', 'An objection', false],
  ['not_now', 'Not now', true],
  ['out_of_office', 'Out of office', true],
] as const;

interface Props {
  step: StepForm;
  place: number;
  all: readonly StepForm[];
  change: (changes: Partial<StepForm>) => void;
  move: (by: -1 | 1) => void;
  remove: () => void;
}

export function StepCard({ step, place, all, change, move, remove }: Props) {
  const number = place + 1;
  const later = all.slice(place + 1).map((one, ahead) => ({ value: String(one.key), label: `Step ${number + ahead + 1}` }));
  const purposes = PURPOSES.some((one) => one.value === step.purpose)
    ? PURPOSES
    : [...PURPOSES, { value: step.purpose, label: step.purpose.replaceAll('_', ' ') }];
  const isMail = step.channel === 'email';
  return (
    <li className={classes.step} aria-label={`Step ${number}`}>
      <div className={classes.head}>
        <strong>Step {number}</strong>
        <span className={classes.gap} />
        <ActionIcon variant="subtle" color="gray" aria-label={`Move step ${number} up`} disabled={place === 0} onClick={() => move(-1)}>
          <IconArrowUp size={15} />
        </ActionIcon>
        <ActionIcon variant="subtle" color="gray" aria-label={`Move step ${number} down`} disabled={later.length === 0} onClick={() => move(1)}>
          <IconArrowDown size={15} />
        </ActionIcon>
        <ActionIcon variant="subtle" color="gray" aria-label={`Remove step ${number}`} disabled={all.length === 1} onClick={remove}>
          <IconTrash size={15} />
        </ActionIcon>
      </div>
      <div className={classes.fields}>
        <NativeSelect label="How" size="xs" data={CHANNELS} value={step.channel} onChange={(event) => change({ channel: event.currentTarget.value })} />
        <NativeSelect label="What for" size="xs" data={purposes} value={step.purpose} onChange={(event) => change({ purpose: event.currentTarget.value })} />
        {place > 0 && (
          <TextInput
            label="Workdays later"
            size="xs"
            type="number"
            min={0}
            max={120}
            required
            value={step.delay}
            onChange={(event) => change({ delay: event.currentTarget.value })}
          />
        )}
        {isMail && (
          <NativeSelect label="Subject" size="xs" data={STYLES} value={step.subject_style} onChange={(event) => change({ subject_style: event.currentTarget.value })} />
        )}
        <NativeSelect
          label="Then"
          size="xs"
          data={[{ value: '', label: 'Next step' }, { value: 'end', label: 'The end' }, ...later]}
          value={step.then}
          onChange={(event) => change({ then: event.currentTarget.value })}
        />
      </div>
      {!isMail && (
        <Textarea
          mt={10}
          label={step.channel === 'sms' ? 'Words of the message' : 'What is to be done'}
          description="{first_name} and {company} are filled in"
          size="xs"
          autosize
          minRows={2}
          maxLength={2000}
          value={step.template}
          onChange={(event) => change({ template: event.currentTarget.value })}
        />
      )}
      <details className={classes.more} open={Object.keys(step.on).length > 0}>
        <summary>When somebody replies</summary>
        <p>A reply stops the sequence and an absence pauses it, unless you say otherwise. Meetings, opt-outs and bounces always stop.</p>
        <div className={classes.fields}>
          {REPLIES.map(([reply, words, mayPause]) => (
            <NativeSelect
              key={reply}
              label={words}
              size="xs"
              data={[
                { value: '', label: mayPause && reply === 'out_of_office' ? 'Pause (usual)' : 'Stop (usual)' },
                ...(mayPause && reply !== 'out_of_office' ? [{ value: 'pause', label: 'Pause' }] : []),
                ...(reply === 'out_of_office' ? [{ value: 'stop', label: 'Stop' }] : []),
                ...later,
              ]}
              value={step.on[reply] ?? ''}
              onChange={(event) => change({ on: { ...step.on, [reply]: event.currentTarget.value } })}
            />
          ))}
        </div>
      </details>
      {isMail && step.experiment && (
        <Arms experiment={step.experiment} change={(experiment) => change({ experiment })} number={number} />
      )}
      {isMail && !step.experiment && (
        <Button mt={8} variant="subtle" px={6} onClick={() => change({ experiment: started(number) })}>
          Compare two variants of this mail
        </Button>
      )}
    </li>
  );
}

const started = (number: number) => ({
  name: `step_${number}_subject`,
  arms: [
    { name: 'statement', subject_style: 'statement', purpose: '', angle: '' },
    { name: 'question', subject_style: 'question', purpose: '', angle: '' },
  ],
});
