// Each step and its variants: how many mails, how many answers, and a share only where it tells something.
import { Fragment } from 'react';

import { percent } from '@/components/Bars';
import { Table } from '@/components/Screen';
import { number } from '@/lib/texts/format';

import { percentOf } from './format';
import { Interval } from './Interval';
import classes from './overview.module.css';
import type { Outcome, Outcomes } from './queries';
import { say } from './texts';

type Step = Outcomes['steps'][number];
type Arm = Step['arms'][number];

export function Steps({ found }: { found: Outcomes }) {
  const { steps, least, window_days: days } = found;
  if (steps.length === 0) return <p className={classes.none}>{say('noSteps')}</p>;
  const told = steps.flatMap((step) => [step, ...step.arms]).filter((one) => one.is_enough);
  const most = Math.max(0.01, ...told.map((one) => one.high));
  const head = [say('stepHead'), say('sent'), say('replied'), say('good'), say('shareGood')];
  return (
    <>
      <Table label={say('stepsTable')} head={head} numbers={head.slice(1, 4)}>
        {steps.map((step) => (
          <Fragment key={`${step.campaign_id}-${step.step}`}>
            <tr>
              <td className={classes.stepName}>
                <strong>{say('stepOf', { campaign: step.campaign, step: step.step })}</strong>
                {step.counts === 'replies' && step.replies > 0 && (
                  <span className={classes.under}>{say('byReplies')}</span>
                )}
              </td>
              <Cells one={step} step={step} most={most} found={found} />
            </tr>
            {step.arms.map((arm) => (
              <tr key={`${arm.experiment}-${arm.arm}`}>
                <td className={classes.armName}>
                  <ArmName arm={arm} />
                </td>
                <Cells one={arm} step={step} most={most} found={found} />
              </tr>
            ))}
          </Fragment>
        ))}
      </Table>
      <p className={classes.note}>{say('stepsNote', { days, least })}</p>
    </>
  );
}

function ArmName({ arm }: { arm: Arm }) {
  if (!arm.experiment) return <span className="quiet">{say('beforeTest')}</span>;
  return (
    <>
      {say('variant', { arm: arm.arm })}
      <span className={classes.under}>{say('ofTest', { test: arm.experiment })}</span>
    </>
  );
}

interface CellsProps {
  one: Outcome;
  step: Step;
  most: number;
  found: Outcomes;
}

function Cells({ one, step, most, found }: CellsProps) {
  return (
    <>
      <td className="tabular">{number(one.sent)}</td>
      <td className="tabular">
        {number(one.replies)} <span className="quiet beside">{percent(one.replies, one.sent)}</span>
      </td>
      <td className="tabular">
        {step.counts === 'replies' && step.replies > 0 ? (
          <span className="quiet">{say('notKnown')}</span>
        ) : (
          <>
            {number(one.good)} <span className="quiet beside">{percent(one.good, one.sent)}</span>
          </>
        )}
      </td>
      <td>
        <Share one={one} most={most} found={found} />
      </td>
    </>
  );
}

/** Nothing while the time to answer is not over, no share while there are too few to tell. */
function Share({ one, most, found }: Omit<CellsProps, 'step'>) {
  if (one.share === null) return <span className="quiet">{say('noShareYet', { days: found.window_days })}</span>;
  if (!one.is_enough)
    return <span className="quiet">{say('tooFew', { counted: one.counted, least: found.least })}</span>;
  return (
    <span className={classes.share}>
      <Interval low={one.low} share={one.share} high={one.high} most={most} />
      <span className="tabular">
        <strong>{percentOf(one.share)}</strong>{' '}
        <span className="quiet">
          {say('between', { low: percentOf(one.low), high: percentOf(one.high) })}{' '}
          {say('ofCounted', { count: one.counted })}
        </span>
      </span>
    </span>
  );
}
