// The variants of a mail that are compared: who gets which follows from the person and never changes.
import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';

import classes from './editor.module.css';
import type { ArmForm } from './steps';
import { say } from './texts';

interface Experiment {
  name: string;
  arms: ArmForm[];
}

interface Props {
  experiment: Experiment;
  number: number;
  change: (experiment: Experiment | null) => void;
}

const STYLES = [
  { value: '', label: say('asStepSays') },
  { value: 'question', label: say('question') },
  { value: 'statement', label: say('statement') },
];
const MOST = 6;

export function Arms({ experiment, number, change }: Props) {
  const { arms } = experiment;
  const set = (place: number, changes: Partial<ArmForm>) =>
    change({ ...experiment, arms: arms.map((arm, at) => (at === place ? { ...arm, ...changes } : arm)) });
  return (
    <fieldset className={classes.arms}>
      <legend>{say('comparedAt', { step: number })}</legend>
      <TextInput
        label={say('nameComparison')}
        description={say('smallLettersDigits')}
        size="xs"
        maxLength={40}
        value={experiment.name}
        onChange={(event) => change({ ...experiment, name: event.currentTarget.value })}
      />
      {arms.map((arm, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- variants have no other identity while their names are typed
        <div key={place} className={classes.arm}>
          <TextInput label={say('variant', { number: place + 1 })} size="xs" maxLength={40} value={arm.name} onChange={(event) => set(place, { name: event.currentTarget.value })} />
          <NativeSelect label={say('subject')} size="xs" data={STYLES} value={arm.subject_style} onChange={(event) => set(place, { subject_style: event.currentTarget.value })} />
          <TextInput label={say('angle')} placeholder={say('asStepSays')} size="xs" maxLength={40} value={arm.angle} onChange={(event) => set(place, { angle: event.currentTarget.value })} />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={say('removeVariant', { number: place + 1 })}
            disabled={arms.length <= 2}
            onClick={() => change({ ...experiment, arms: arms.filter((_, at) => at !== place) })}
          >
            <IconTrash size={15} />
          </ActionIcon>
        </div>
      ))}
      <div className={classes.armActions}>
        <Button
          variant="default"
          disabled={arms.length >= MOST}
          onClick={() => change({ ...experiment, arms: [...arms, { name: `variant_${arms.length + 1}`, subject_style: '', purpose: '', angle: '' }] })}
        >
          {say('addVariant')}
        </Button>
        <Button variant="subtle" color="gray" onClick={() => change(null)}>
          {say('compareNothingHere')}
        </Button>
      </div>
    </fieldset>
  );
}
