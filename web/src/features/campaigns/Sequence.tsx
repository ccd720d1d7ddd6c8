// The editor of a campaign's steps: nothing is stored before its whole schedule was shown.
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconArrowLeft, IconPlus } from '@tabler/icons-react';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';

import { useMay } from '@/api/me';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Notice, Trouble } from '@/components/Notice';
import { Screen } from '@/components/Screen';
import parts from '@/components/parts.module.css';

import classes from './editor.module.css';
import { Schedule } from './Schedule';
import { StepCard } from './StepCard';
import { blank, useSave, useSequence, valuesOf, without, type StepForm } from './steps';

export function Sequence() {
  const { campaign } = useParams({ from: '/inside/campaigns/$campaign/sequence' });
  const found = useSequence(campaign);
  const isAllowed = useMay('campaigns.write');
  return (
    <Screen title="Sequence" about="The steps that people go through, until they answer."
      above={
        <Link to="/campaigns/$campaign" params={{ campaign }} className={parts.back}>
          <IconArrowLeft size={14} aria-hidden /> The campaign
        </Link>
      }
    >
      {found.isLoading && <Loading lines={10} />}
      {found.isError && <Failed error={found.error} again={() => void found.refetch()} />}
      {!isAllowed && <Notice tone="warn">Your role may not change a sequence; ask a campaign manager or an admin.</Notice>}
      {found.data && isAllowed && <Editor key={found.data.version} campaign={campaign} stored={found.data} />}
    </Screen>
  );
}

interface Props {
  campaign: string;
  stored: { version: number; pacing: Record<string, number>; steps: StepForm[] };
}

function Editor({ campaign, stored }: Props) {
  const [steps, setSteps] = useState(stored.steps);
  const [isInFlight, setInFlight] = useState(false);
  const [note, setNote] = useState('');
  const save = useSave(campaign);
  const navigate = useNavigate();
  const values = useMemo(() => valuesOf(steps, stored.pacing), [steps, stored.pacing]);
  const [settled] = useDebouncedValue(values, 350);
  const isChanged = useMemo(
    () => JSON.stringify(values) !== JSON.stringify(valuesOf(stored.steps, stored.pacing)),
    [values, stored],
  );
  const change = (key: number, changes: Partial<StepForm>) =>
    setSteps((now) => now.map((step) => (step.key === key ? { ...step, ...changes } : step)));
  const move = (place: number, by: -1 | 1) =>
    setSteps((now) => {
      const next = [...now];
      const [taken] = next.splice(place, 1);
      if (taken) next.splice(place + by, 0, taken);
      return next;
    });
  const keep = () =>
    save.mutate(
      { values, apply: isInFlight ? 'in-flight' : 'new', note: note.trim() },
      { onSuccess: () => void navigate({ to: '/campaigns/$campaign', params: { campaign } }) },
    );
  return (
    <div className={classes.editor}>
      <div>
        <ol className={classes.steps}>
          {steps.map((step, place) => (
            <StepCard
              key={step.key}
              step={step}
              place={place}
              all={steps}
              change={(changes) => change(step.key, changes)}
              move={(by) => move(place, by)}
              remove={() => setSteps((now) => without(now, step.key))}
            />
          ))}
        </ol>
        <Button variant="default" leftSection={<IconPlus size={14} />} disabled={steps.length >= 20} onClick={() => setSteps((now) => [...now, blank()])}>
          Add a step
        </Button>
      </div>
      <aside className={classes.side} aria-label="What it would do">
        <Schedule campaign={campaign} values={settled} isInFlight={isInFlight} />
        <div className={classes.save}>
          <Checkbox
            size="xs"
            label="Also for the people who are in it now"
            checked={isInFlight}
            onChange={(event) => setInFlight(event.currentTarget.checked)}
          />
          <TextInput label="What the change is for" size="xs" maxLength={200} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          <Trouble error={save.error} />
          <Button fullWidth size="sm" loading={save.isPending} disabled={!isChanged} onClick={keep}>
            Save as version {stored.version + 1}
          </Button>
        </div>
      </aside>
    </div>
  );
}
