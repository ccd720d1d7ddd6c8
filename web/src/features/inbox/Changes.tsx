// What changed from version to version, word by word.
import { Select } from '@mantine/core';
import { useState } from 'react';

import classes from './Mail.module.css';
import type { Item } from './queries/item';

export default function Changes({ item }: { item: Item }) {
  const own = item.versions.find((one) => one.number === item.number);
  const [chosen, setChosen] = useState<string | null>(null);
  const versions = item.versions.filter((one) => one.diff.length > 0);
  const shown =
    versions.find((one) => String(one.number) === chosen) ??
    (own && own.diff.length > 0 ? own : versions[0]);
  if (!shown) return <p className="quiet">The first version has nothing to be compared with.</p>;
  const before = item.versions.find((one) => one.version === shown.version - 1);
  return (
    <div className={classes.words}>
      {versions.length > 1 && (
        <Select
          size="xs"
          mb="sm"
          w={220}
          aria-label="Which change"
          value={String(shown.number)}
          onChange={setChosen}
          data={versions.map((one) => ({
            value: String(one.number),
            label: `Version ${one.version - 1} → ${one.version}`,
          }))}
        />
      )}
      {before?.decision_note && (
        <p className={classes.asked}>
          {before.decided_by} asked: “{before.decision_note}”
        </p>
      )}
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
