// One switch that is on, as a sentence: what, who, when, why.
import { relative, useNow } from '@/lib/time';

import type { SwitchLine } from './queries';

const WHAT: Readonly<Record<string, string>> = {
  global: 'Every workspace',
  workspace: 'This workspace',
};

export function Standing({ of }: { of: SwitchLine }) {
  const now = useNow(1000);
  const what = WHAT[of.scope] ?? `${of.scope} ${of.name}`;
  return (
    <>
      <strong>{what}</strong> halted by {of.by}{' '}
      <time dateTime={of.since} title={new Date(of.since).toLocaleString()}>
        {relative(of.since, now)}
      </time>
      : {of.reason}
    </>
  );
}
