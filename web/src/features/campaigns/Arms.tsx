// The variants of a mail that are compared: who gets which follows from the person and never changes.
import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';

import classes from './editor.module.css';
import type { ArmForm } from './steps';

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
  { value: '', label: 'As the step says' },
  { value: 'question', label: 'A question' },
  { value: 'statement', label: 'A statement' },
];
const MOST = 6;

export function Arms({ experiment, number, change }: Props) {
  const { arms } = experiment;
  const set = (place: number, changes: Partial<ArmForm>) =>
    change({ ...experiment, arms: arms.map((arm, at) => (at === place ? { ...arm, ...changes } : arm)) });
  return (
    <fieldset className={classes.arms}>
      <legend>Compared at step {number}</legend>
      <TextInput
        label="Name of the comparison"
        description="Small letters, digits and _"
        size="xs"
        maxLength={40}
        value={experiment.name}
        onChange={(event) => change({ ...experiment, name: event.currentTarget.value })}
      />
      {arms.map((arm, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- variants have no other identity while their names are typed
        <div key={place} className={classes.arm}>
          <TextInput label={`Variant ${place + 1}`} size="xs" maxLength={40} value={arm.name} onChange={(event) => set(place, { name: event.currentTarget.value })} />
          <NativeSelect label="Subject" size="xs" data={STYLES} value={arm.subject_style} onChange={(event) => set(place, { subject_style: event.currentTarget.value })} />
          <TextInput label="Angle" placeholder="As the step says" size="xs" maxLength={40} value={arm.angle} onChange={(event) => set(place, { angle: event.currentTarget.value })} />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove variant ${place + 1}`}
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
          Add a variant
        </Button>
        <Button variant="subtle" color="gray" onClick={() => change(null)}>
          Compare nothing here
        </Button>
      </div>
    </fieldset>
  );
}
