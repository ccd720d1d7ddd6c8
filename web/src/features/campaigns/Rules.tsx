// The blueprint as sentences, each with how many past mails speak for it.
import { IconAlertTriangle } from '@tabler/icons-react';

import { Table } from '@/components/Screen';

import classes from './rules.module.css';
import type { Blueprint, Rule } from './queries';

const GROUPS = [
  ['structure', 'Structure'],
  ['do', 'Do'],
  ['dont', 'Do not'],
  ['cadence', 'Timing'],
] as const;

const STRENGTH: Readonly<Record<string, readonly [string, string]>> = {
  strong: ['strong', 'good'],
  weak: ['weak', 'warn'],
  default: ['safe default', ''],
};

export function Rules({ blueprint }: { blueprint: Blueprint }) {
  return (
    <>
      <p className={classes.sufficiency}>
        There is {Math.round(blueprint.sufficiency * 100)} % of the past mail that a sure blueprint
        needs.
      </p>
      {blueprint.warnings.map((warning) => (
        <p key={warning} className={classes.warning}>
          <IconAlertTriangle size={15} aria-hidden />
          {warning}
        </p>
      ))}
      {GROUPS.map(([group, name]) => {
        const rules = blueprint.rules.filter((rule) => rule.group === group);
        if (rules.length === 0) return null;
        return (
          <section key={group} className={classes.group} aria-label={name}>
            <h3>{name}</h3>
            <Table label={`Rules: ${name}`} head={['Rule', 'Past mails', 'Confidence', 'How far']}>
              {rules.map((rule) => (
                <RuleRow key={`${rule.name}-${rule.step ?? 0}`} rule={rule} />
              ))}
            </Table>
          </section>
        );
      })}
    </>
  );
}

function RuleRow({ rule }: { rule: Rule }) {
  const [word, tone] = STRENGTH[rule.strength] ?? [rule.strength, ''];
  const sure = Math.round(rule.confidence * 100);
  return (
    <tr>
      <td className={classes.rule}>
        {rule.text}
        {rule.step !== null && <span className={classes.under}>Only step {rule.step}</span>}
      </td>
      <td className={classes.support}>
        {rule.support} <span className="quiet">of {rule.out_of}</span>
      </td>
      <td>
        {rule.strength === 'default' ? (
          <span className={`${classes.sure} quiet`}>none</span>
        ) : (
          <span className={classes.sure}>
            <span className={classes.track} aria-hidden="true">
              <span style={{ width: `${sure}%` }} />
            </span>
            {sure} %
          </span>
        )}
      </td>
      <td className={classes.how}>
        <span className={classes.badge} data-tone={tone}>
          {word}
        </span>
      </td>
    </tr>
  );
}
