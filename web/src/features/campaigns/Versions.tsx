// The versions of a blueprint, and what changed from one to the next.
import { NativeSelect } from '@mantine/core';
import { useState } from 'react';

import { Failed } from '@/components/Failed';
import parts from '@/components/parts.module.css';
import { day } from '@/lib/time';

import { useVersions } from './making';
import type { Blueprint, Rule } from './queries';
import { Rules } from './Rules';
import classes from './rules.module.css';
import { say } from './texts';

export function Versions({ campaign }: { campaign: string }) {
  const found = useVersions(campaign);
  const [chosen, setChosen] = useState<number>();
  if (found.isError) return <Failed error={found.error} again={() => void found.refetch()} />;
  const all = found.data;
  const newest = all?.[0];
  if (!all || !newest) return null;
  const shown = all.find((one) => one.version === chosen) ?? newest;
  const before = all.find((one) => one.version === shown.version - 1);
  return (
    <>
      {all.length > 1 && (
        <div className={classes.versions}>
          <NativeSelect
            label={say('version')}
            size="xs"
            value={String(shown.version)}
            onChange={(event) => setChosen(Number(event.currentTarget.value))}
            data={all.map((one) => ({
              value: String(one.version),
              label: say(one === newest ? 'versionInForce' : 'versionOf', { version: one.version, day: day(one.created_at) }),
            }))}
          />
          {before && <Difference from={before} to={shown} />}
        </div>
      )}
      <Rules blueprint={shown} />
    </>
  );
}

const keyOf = (rule: Rule) => `${rule.group}·${rule.name}·${rule.step ?? ''}`;

interface Change {
  kind: 'new' | 'gone' | 'other';
  rule: Rule;
  before?: Rule;
}

function changesOf(from: Blueprint, to: Blueprint): Change[] {
  const earlier = new Map(from.rules.map((rule) => [keyOf(rule), rule]));
  const found: Change[] = [];
  for (const rule of to.rules) {
    const before = earlier.get(keyOf(rule));
    earlier.delete(keyOf(rule));
    if (!before) found.push({ kind: 'new', rule });
    else if (before.text !== rule.text || before.strength !== rule.strength) found.push({ kind: 'other', rule, before });
  }
  return [...found, ...[...earlier.values()].map((rule): Change => ({ kind: 'gone', rule }))];
}

const KINDS = { new: [say('ruleNew'), 'good'], gone: [say('ruleGone'), 'bad'], other: [say('ruleOther'), 'warn'] } as const;

function Difference({ from, to }: { from: Blueprint; to: Blueprint }) {
  const changes = changesOf(from, to);
  return (
    <section aria-label={say('changesFrom', { from: from.version, to: to.version })} className={parts.card}>
      <p className={classes.changesTitle}>
        {changes.length === 0
          ? say('onlyNumbers', { version: from.version })
          : say('rulesChanged', { count: changes.length, version: from.version })}
      </p>
      {changes.length > 0 && (
        <ul className={classes.changes}>
          {changes.map(({ kind, rule, before }) => (
            <li key={keyOf(rule)}>
              <span className={parts.badge} data-tone={KINDS[kind][1]}>
                {KINDS[kind][0]}
              </span>
              <span>
                {before && before.text !== rule.text && <del>{before.text}</del>} {kind === 'gone' ? <del>{rule.text}</del> : rule.text}
                {before && before.strength !== rule.strength && (
                  <span className="quiet">
                    {' '}
                    {say('strengthNow', { before: before.strength, now: rule.strength })}
                  </span>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
