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
import { Limits } from './Limits';
import { Schedule } from './Schedule';
import { StepCard } from './StepCard';
import { blank, useSave, useSequence, valuesOf, without, type StepForm } from './steps';
import { say } from './texts';

export function Sequence() {
  const { campaign } = useParams({ from: '/inside/campaigns/$campaign/sequence' });
  const found = useSequence(campaign);
  const isAllowed = useMay('campaigns.write');
  return (
    <Screen title={say('sequence')} about={say('sequenceAbout')}
      above={
        <Link to="/campaigns/$campaign" params={{ campaign }} className={parts.back}>
          <IconArrowLeft size={14} aria-hidden />{' '}{say('theCampaign')}
        </Link>
      }
    >
      {found.isLoading && <Loading lines={10} />}
      {found.isError && <Failed error={found.error} again={() => void found.refetch()} />}
      {!isAllowed && <Notice tone="warn">{say('mayNotSequence')}</Notice>}
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
  const [limits, setLimits] = useState(stored.pacing);
  const [isInFlight, setInFlight] = useState(false);
  const [note, setNote] = useState('');
  const save = useSave(campaign);
  const navigate = useNavigate();
  const values = useMemo(() => valuesOf(steps, limits), [steps, limits]);
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
          {say('addStep')}
        </Button>
        <Limits limits={limits} set={setLimits} />
      </div>
      <aside className={classes.side} aria-label={say('whatWouldDo')}>
        <Schedule campaign={campaign} values={settled} isInFlight={isInFlight} />
        <div className={classes.save}>
          <Checkbox
            size="xs"
            label={say('alsoPeopleWhoAre')}
            checked={isInFlight}
            onChange={(event) => setInFlight(event.currentTarget.checked)}
          />
          <TextInput label={say('whatChange')} size="xs" maxLength={200} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          <Trouble error={save.error} />
          <Button fullWidth size="sm" loading={save.isPending} disabled={!isChanged} onClick={keep}>
            {say('saveAs', { version: stored.version + 1 })}
          </Button>
        </div>
      </aside>
    </div>
  );
}
