// What changed from version to version, word by word.
import { Select } from '@mantine/core';
import { useState } from 'react';

import classes from './Mail.module.css';
import type { Item } from './queries/item';
import { say } from './writingTexts';

export default function Changes({ item }: { item: Item }) {
  const own = item.versions.find((one) => one.number === item.number);
  const [chosen, setChosen] = useState<string | null>(null);
  const versions = item.versions.filter((one) => one.diff.length > 0);
  const shown =
    versions.find((one) => String(one.number) === chosen) ??
    (own && own.diff.length > 0 ? own : versions[0]);
  if (!shown) return <p className="quiet">{say('noChange')}</p>;
  const before = item.versions.find((one) => one.version === shown.version - 1);
  return (
    <div className={classes.words}>
      {versions.length > 1 && (
        <Select
          size="xs"
          mb="sm"
          w={220}
          aria-label={say('whichChange')}
          value={String(shown.number)}
          onChange={setChosen}
          data={versions.map((one) => ({
            value: String(one.number),
            label: say('fromTo', { from: one.version - 1, to: one.version }),
          }))}
        />
      )}
      {before?.decision_note && (
        <p className={classes.asked}>
          {say('asked', { who: before.decided_by ?? '', note: before.decision_note })}
        </p>
      )}
      {shown.has_other_form && <p className={classes.asked}>{say('otherForm')}</p>}
      <div className={classes.diff}>
        {shown.diff.map(({ op, text }, place) => {
          const key = `${place}-${op}`;
          if (op === 'added') return <ins key={key}>{text}</ins>;
          if (op === 'removed') return <del key={key}>{text}</del>;
          return <span key={key}>{text}</span>;
        })}
      </div>
    </div>
  );
}
