// One step while it is edited: what, when, what a reply means, and what is compared.
import { ActionIcon, Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react';

import { Arms } from './Arms';
import classes from './editor.module.css';
import type { StepForm } from './steps';
import { say } from './texts';

const CHANNELS = [
  { value: 'email', label: say('mail') },
  { value: 'linkedin', label: say('linkedin') },
  { value: 'call', label: say('call') },
  { value: 'sms', label: say('textMessage') },
];
const PURPOSES = [
  { value: 'first_touch', label: say('firstTouch') },
  { value: 'follow_up', label: say('followUp') },
  { value: 'break_up', label: say('breakUp') },
];
const STYLES = [
  { value: '', label: say('asLearned') },
  { value: 'question', label: say('question') },
  { value: 'statement', label: say('statement') },
];
const REPLIES = [
  ['interested', say('replyInterested'), false],
  ['objection', say('replyObjection'), false],
  ['not_now', say('replyNotNow'), true],
  ['out_of_office', say('replyAway'), true],
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
  const later = all.slice(place + 1).map((one, ahead) => ({ value: String(one.key), label: say('stepNumber', { number: number + ahead + 1 }) }));
  const purposes = PURPOSES.some((one) => one.value === step.purpose)
    ? PURPOSES
    : [...PURPOSES, { value: step.purpose, label: step.purpose.replaceAll('_', ' ') }];
  const isMail = step.channel === 'email';
  return (
    <li className={classes.step} aria-label={say('stepNumber', { number })}>
      <div className={classes.head}>
        <strong>{say('stepNumber', { number })}</strong>
        <span className={classes.gap} />
        <ActionIcon variant="subtle" color="gray" aria-label={say('moveUp', { number })} disabled={place === 0} onClick={() => move(-1)}>
          <IconArrowUp size={15} />
        </ActionIcon>
        <ActionIcon variant="subtle" color="gray" aria-label={say('moveDown', { number })} disabled={later.length === 0} onClick={() => move(1)}>
          <IconArrowDown size={15} />
        </ActionIcon>
        <ActionIcon variant="subtle" color="gray" aria-label={say('removeStep', { number })} disabled={all.length === 1} onClick={remove}>
          <IconTrash size={15} />
        </ActionIcon>
      </div>
      <div className={classes.fields}>
        <NativeSelect label={say('how')} size="xs" data={CHANNELS} value={step.channel} onChange={(event) => change({ channel: event.currentTarget.value })} />
        <NativeSelect label={say('whatFor')} size="xs" data={purposes} value={step.purpose} onChange={(event) => change({ purpose: event.currentTarget.value })} />
        {place > 0 && (
          <TextInput
            label={say('workdaysLater')}
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
          <NativeSelect label={say('subject')} size="xs" data={STYLES} value={step.subject_style} onChange={(event) => change({ subject_style: event.currentTarget.value })} />
        )}
        <NativeSelect
          label={say('then')}
          size="xs"
          data={[{ value: '', label: say('nextStep') }, { value: 'end', label: say('theEnd') }, ...later]}
          value={step.then}
          onChange={(event) => change({ then: event.currentTarget.value })}
        />
      </div>
      {!isMail && (
        <Textarea
          mt={10}
          label={step.channel === 'sms' ? say('wordsMessage') : say('whatBeDone')}
          description={say('filledIn', { name: '{first_name}', company: '{company}' })}
          size="xs"
          autosize
          minRows={2}
          maxLength={2000}
          value={step.template}
          onChange={(event) => change({ template: event.currentTarget.value })}
        />
      )}
      <details className={classes.more} open={Object.keys(step.on).length > 0}>
        <summary>{say('whenSomebodyReplies')}</summary>
        <p>{say('replyStopsSequenceAbsence')}</p>
        <div className={classes.fields}>
          {REPLIES.map(([reply, words, mayPause]) => (
            <NativeSelect
              key={reply}
              label={words}
              size="xs"
              data={[
                { value: '', label: mayPause && reply === 'out_of_office' ? say('pauseUsual') : say('stopUsual') },
                ...(mayPause && reply !== 'out_of_office' ? [{ value: 'pause', label: say('pause') }] : []),
                ...(reply === 'out_of_office' ? [{ value: 'stop', label: say('stop') }] : []),
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
          {say('compareTwoVariantsThis')}
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
