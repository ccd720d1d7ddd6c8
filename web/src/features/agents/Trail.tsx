// All steps of a run as a story; long ones are told from the beginning, the rest when it is asked for.
import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';

import { Part } from '@/components/Screen';
import parts from '@/components/parts.module.css';

import classes from './agents.module.css';
import type { Step } from './queries/runs';
import { StepLine } from './StepLine';
import { troubleOf } from './steps';
import { say } from './texts';

const FIRST = 60;

export function Trail({ steps }: { steps: readonly Step[] }) {
  const [onlyTrouble, setOnlyTrouble] = useState(false);
  const [isWhole, setWhole] = useState(false);
  const wanted = onlyTrouble ? steps.filter((step) => troubleOf(step)) : steps;
  const shown = isWhole ? wanted : wanted.slice(0, FIRST);
  return (
    <Part
      title={say('story')}
      aside={say('storyAside', { count: steps.length })}
      act={
        steps.length > 0 && (
          <Checkbox
            size="xs"
            label={say('onlyTrouble')}
            checked={onlyTrouble}
            onChange={(event) => setOnlyTrouble(event.currentTarget.checked)}
          />
        )
      }
    >
      {shown.length === 0 && <p className={parts.none}>{onlyTrouble ? say('noTrouble') : say('noSteps')}</p>}
      {shown.length > 0 && (
        <ol className={classes.trail}>
          {shown.map((step) => (
            <StepLine key={step.number} step={step} />
          ))}
        </ol>
      )}
      {shown.length < wanted.length && (
        <Button mt="sm" variant="default" onClick={() => setWhole(true)}>
          {say('allSteps', { count: wanted.length })}
        </Button>
      )}
    </Part>
  );
}
