// The checks in one line; what is wrong, in words, with its fix; all of them on demand.
import { UnstyledButton } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCheck,
  IconChevronDown,
  IconInfoCircle,
  IconOctagon,
} from '@tabler/icons-react';
import { useState } from 'react';

import { Told } from '@/components/Told';

import classes from './Evidence.module.css';
import type { Check } from './queries/item';
import { say } from './texts';

const ICONS: Readonly<Record<string, typeof IconCheck>> = {
  ok: IconCheck,
  note: IconInfoCircle,
  warn: IconAlertTriangle,
  block: IconOctagon,
};

export function Checks({ checks, isTried }: { checks: readonly Check[]; isTried: boolean }) {
  const [all, setAll] = useState(false);
  const wrong = checks.filter((check) => check.state !== 'ok');
  const blocks = wrong.filter((check) => check.state === 'block').length;
  const state = blocks > 0 ? 'block' : wrong.some((one) => one.state === 'warn') ? 'warn' : 'ok';
  const right = checks.length - wrong.length;
  const said =
    wrong.length === 0
      ? say('allChecks', { count: checks.length })
      : blocks > 0
        ? say('blocking', { wrong: blocks, of: checks.length })
        : say('toLookAt', { wrong: wrong.length, of: checks.length });
  return (
    <section className={classes.checks} data-state={state} aria-label={say('checks')}>
      <UnstyledButton
        className={classes.verdict}
        aria-expanded={all}
        onClick={() => setAll((now) => !now)}
      >
        <State state={state} />
        <strong>{said}</strong>
        {isTried && <span className={classes.tried}>{say('yourWords')}</span>}
        <IconChevronDown size={15} className={classes.chevron} data-open={all || undefined} />
      </UnstyledButton>
      {wrong.length > 0 && (
        <ul className={classes.flaws}>
          {wrong.flatMap((check) =>
            check.flaws.map((flaw) => (
              <li key={`${flaw.check}-${flaw.message}`} data-state={flaw.severity}>
                <State state={flaw.severity} />
                <span>
                  <Told words={flaw.message} />
                  <span className={classes.fix}>
                    <Told words={flaw.fix} />
                  </span>
                </span>
              </li>
            )),
          )}
        </ul>
      )}
      {all && (
        <ul className={classes.all} aria-label={say('greenChecks', { count: right })}>
          {checks
            .filter((check) => check.state === 'ok')
            .map((check) => (
              <li key={check.name}>
                <State state="ok" />
                {check.label}
              </li>
            ))}
        </ul>
      )}
    </section>
  );
}

function State({ state }: { state: string }) {
  const Icon = ICONS[state] ?? IconInfoCircle;
  return <Icon size={15} className={classes.state} data-state={state} aria-label={state} />;
}
