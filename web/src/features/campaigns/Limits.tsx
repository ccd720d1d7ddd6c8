// How often people may be reached, where a campaign differs from the standard; empty keeps the standard.
import { TextInput } from '@mantine/core';

import classes from './editor.module.css';
import { say } from './texts';

/** The lines of the touch policy, with what holds where nothing is said. */
const STANDARD = {
  person_touches: 1,
  person_days: 2,
  gap_days: 1,
  account_people: 3,
  account_touches: 6,
  account_days: 5,
  after_reply_days: 1,
  after_reply_account_days: 1,
  after_colleague_days: 3,
  after_colleague_account_days: 1,
} as const;
type Name = keyof typeof STANDARD;
const NAMES = Object.keys(STANDARD) as Name[];

interface Props {
  limits: Readonly<Record<string, number>>;
  set: (limits: Record<string, number>) => void;
}

export function Limits({ limits, set }: Props) {
  const change = (name: Name, said: string) => {
    const { [name]: _, ...others } = limits;
    set(said === '' ? others : { ...others, [name]: Number(said) });
  };
  return (
    <details className={classes.more} open={Object.keys(limits).length > 0}>
      <summary>{say('limits')}</summary>
      <p>{say('limitsAbout')}</p>
      <div className={classes.fields}>
        {NAMES.map((name) => (
          <TextInput
            key={name}
            label={say(`limit_${name}`)}
            placeholder={String(STANDARD[name])}
            type="number"
            min={0}
            max={60}
            size="xs"
            value={limits[name] ?? ''}
            onChange={(event) => change(name, event.currentTarget.value)}
          />
        ))}
      </div>
    </details>
  );
}
