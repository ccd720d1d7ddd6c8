// A new password, with what is still wrong with it said while one types.
import '@mantine/core/styles/PasswordInput.layer.css';

import { PasswordInput } from '@mantine/core';

import classes from './access.module.css';
import { say } from './texts';

export const LEAST = 12;

interface Strength {
  /** 0 to 4; from 2 on it can be used. */
  level: number;
  words: string;
}

/** The server's own rules, and then length: it counts more than signs. */
export function strengthOf(password: string, known: readonly string[]): Strength {
  if (password === '') return { level: 0, words: say('least', { count: LEAST }) };
  if (password.length < LEAST)
    return { level: 1, words: say('fewMore', { left: LEAST - password.length, count: LEAST }) };
  if (new Set(password).size < 5) return { level: 1, words: say('repeats') };
  let rest = password.toLowerCase();
  for (const part of known.join(' ').toLowerCase().split(/[\W_]+/))
    if (part.length > 3) rest = rest.replaceAll(part, '');
  if (rest.length < LEAST / 2) return { level: 1, words: say('ofYourName') };
  if (password.length < 16) return { level: 2, words: say('goodEnough') };
  if (password.length < 22) return { level: 3, words: say('aGoodOne') };
  return { level: 4, words: say('aStrongOne') };
}

interface Props {
  value: string;
  change: (value: string) => void;
  known: readonly string[];
  label?: string;
}

export function NewPassword({ value, change, known, label = say('password') }: Props) {
  const { level, words } = strengthOf(value, known);
  return (
    <div>
      <PasswordInput
        label={label}
        autoComplete="new-password"
        required
        size="sm"
        maxLength={200}
        aria-describedby="strength"
        value={value}
        onChange={(event) => change(event.currentTarget.value)}
      />
      <div className={classes.strength} data-level={level} aria-hidden="true">
        {[1, 2, 3, 4].map((step) => (
          <span key={step} data-on={step <= level || undefined} />
        ))}
      </div>
      <p className={classes.strengthWords} id="strength" aria-live="polite">
        {words}
      </p>
    </div>
  );
}
