// One step: a line, and behind it what it saw, asked and got, and what it took.
import { IconSparkles, IconTool } from '@tabler/icons-react';
import type { ReactNode } from 'react';

import { Told } from '@/components/Told';
import parts from '@/components/parts.module.css';
import { duration, usd } from '@/lib/texts/format';

import classes from './agents.module.css';
import type { Step } from './queries/runs';
import { badgeOf, lineOf, nameOf, reasonOf, troubleOf } from './steps';
import { say } from './texts';
import { Parts, Value } from './Value';

export function StepLine({ step }: { step: Step }) {
  const badge = badgeOf(step);
  const Icon = step.kind === 'tool' ? IconTool : IconSparkles;
  const trouble = troubleOf(step);
  return (
    <li className={classes.step} data-kind={step.kind} data-trouble={trouble}>
      <details>
        <summary>
          <span className={classes.number}>{step.number}</span>
          <Icon size={15} stroke={1.7} aria-hidden />
          <span className={classes.gist}>
            <strong>{nameOf(step)}</strong> <span className="quiet">{lineOf(step)}</span>
          </span>
          {badge && (
            <span className={parts.badge} data-tone={badge[1]}>
              {badge[0]}
            </span>
          )}
          <span className={classes.took}>
            {Number(step.cost_usd) > 0 && <span>{usd(step.cost_usd)}</span>}
            {step.latency_ms !== null && <span>{duration(step.latency_ms)}</span>}
          </span>
        </summary>
        <Inside step={step} />
      </details>
      {trouble && reasonOf(step) && (
        <p className={classes.reason}>
          <Told words={reasonOf(step)} />
        </p>
      )}
    </li>
  );
}

function Inside({ step }: { step: Step }) {
  const isTool = step.kind === 'tool';
  return (
    <div className={classes.inside}>
      {isTool ? (
        <Shown title={say('whatAsked')}>
          <Value of={step.asked} />
        </Shown>
      ) : (
        <Shown title={say('saw')}>
          {Array.isArray(step.saw) ? <Messages of={step.saw} /> : <Value of={step.saw} />}
        </Shown>
      )}
      <Shown title={isTool ? say('got') : say('answered')}>
        {!isTool && Array.isArray(step.got) ? <Parts of={step.got} /> : <Value of={step.got} />}
      </Shown>
      <p className={classes.note}>{notes(step).join(' · ')}</p>
    </div>
  );
}

function Messages({ of: messages }: { of: readonly unknown[] }) {
  return messages.map((message, place) => {
    const parted = (message as { parts?: readonly unknown[] } | null)?.parts;
    return parted ? <Parts key={`${place}`} of={parted} /> : <Value key={`${place}`} of={message} />;
  });
}

function notes(step: Step): string[] {
  const route = step.route as { tier?: string; why?: string; reason?: string } | null;
  return [
    step.name,
    ...(step.tokens > 0 ? [say('tokens', { count: step.tokens })] : []),
    ...(step.status === 'intended' && Number(step.reserved_usd) > 0
      ? [say('setAside', { usd: usd(step.reserved_usd) })]
      : []),
    ...(step.provenance && step.provenance !== 'operator' ? [say('wroteBy', { who: step.provenance })] : []),
    ...(route?.tier ? [say('routeWhy', { tier: route.tier, why: route.why ?? route.reason ?? '' })] : []),
    `SHA-256 ${step.input_sha256.slice(0, 12)}…`,
  ];
}

function Shown({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.shown}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}
