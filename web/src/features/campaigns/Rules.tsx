// The blueprint as sentences, each with how many past mails speak for it.
import { IconAlertTriangle } from '@tabler/icons-react';

import { Table } from '@/components/Screen';

import classes from './rules.module.css';
import type { Blueprint, Rule } from './queries';
import { say } from './texts';

const GROUPS = [
  ['structure', say('groupStructure')],
  ['do', say('groupDo')],
  ['dont', say('groupDont')],
  ['cadence', say('groupCadence')],
] as const;

const STRENGTH: Readonly<Record<string, readonly [string, string]>> = {
  strong: [say('strong'), 'good'],
  weak: [say('weak'), 'warn'],
  default: [say('safeDefault'), ''],
};

export function Rules({ blueprint }: { blueprint: Blueprint }) {
  return (
    <>
      <p className={classes.sufficiency}>
        {say('sufficiency', { percent: Math.round(blueprint.sufficiency * 100) })}
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
            <Table label={say('rulesOf', { group: name })} head={[say('rule'), say('pastMails'), say('confidence'), say('howFar')]}>
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
        {rule.step !== null && <span className={classes.under}>{say('onlyStep', { step: rule.step })}</span>}
      </td>
      <td className={classes.support}>
        {rule.support} <span className="quiet">{say('ofAll', { all: rule.out_of })}</span>
      </td>
      <td>
        {rule.strength === 'default' ? (
          <span className={`${classes.sure} quiet`}>{say('none')}</span>
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
