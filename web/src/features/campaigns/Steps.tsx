// The sequence as a line of days: what each step is, who is before it, what came back.
import {
  IconBrandLinkedin,
  IconMail,
  IconMessage,
  IconPhone,
  type Icon,
} from '@tabler/icons-react';

import { percent } from '@/components/Bars';
import { listed } from '@/lib/texts/format';

import classes from './campaigns.module.css';
import { purposeOf } from './purposes';
import type { Step } from './queries';
import { say } from './texts';

const CHANNELS: Readonly<Record<string, readonly [string, Icon]>> = {
  email: [say('channelMail'), IconMail],
  linkedin: [say('channelLinkedin'), IconBrandLinkedin],
  call: [say('channelCall'), IconPhone],
  sms: [say('channelSms'), IconMessage],
};

export function Steps({ steps }: { steps: readonly Step[] }) {
  return (
    <ol className={classes.steps}>
      {steps.map((step) => (
        <li key={step.number} className={classes.step}>
          <StepCard step={step} />
        </li>
      ))}
    </ol>
  );
}

function StepCard({ step }: { step: Step }) {
  const [channel, ChannelIcon] = CHANNELS[step.channel] ?? [step.channel, IconMail];
  return (
    <>
      <p className={classes.day}>{when(step)}</p>
      <div className={classes.card}>
        <p className={classes.stepTitle}>
          <ChannelIcon size={15} stroke={1.7} aria-hidden />
          <strong>
            {step.number}. {channel}
          </strong>
          <span className="quiet">{purposeOf(step.purpose)}</span>
        </p>
        {step.template && <p className={classes.template}>{step.template}</p>}
        {step.arms.length > 0 && (
          <p className={classes.under}>{say('compares', { arms: listed(step.arms) })}</p>
        )}
        {step.angle && <p className={classes.under}>{say('angleIs', { angle: step.angle.replaceAll('_', ' ') })}</p>}
        {Object.entries(step.branches).map(([reply, way]) => (
          <p key={reply} className={classes.under}>
            {say('ifReply', { reply: reply.replaceAll('_', ' '), way: typeof way === 'number' ? say('atStep', { step: way }) : way })}
          </p>
        ))}
        <dl className={classes.counts}>
          <Count name={say('nextFor')} value={String(step.due)} />
          {step.channel === 'email' && (
            <>
              <Count name={say('countSent')} value={String(step.funnel.sent)} />
              <Count
                name={say('countAnswered')}
                value={`${step.funnel.answered}`}
                more={percent(step.funnel.answered, step.funnel.sent)}
              />
            </>
          )}
        </dl>
      </div>
    </>
  );
}

function Count({ name, value, more }: { name: string; value: string; more?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {more && <> <span className="quiet beside">{more}</span></>}
      </dd>
    </div>
  );
}

function when(step: Step): string {
  if (step.day === null) return say('afterBranch');
  return step.day === 0 ? say('dayZero') : say('businessDay', { day: step.day });
}
