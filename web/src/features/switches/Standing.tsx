// One switch that is on, as a sentence: what, who, when, why.
import { moment, relative, useNow } from '@/lib/time';

import type { SwitchLine } from './queries';
import { scopeOf, told } from './texts';

export function Standing({ of }: { of: SwitchLine }) {
  const now = useNow(1000);
  const what = scopeOf(of.scope, of.name);
  return (
    <>
      {told('haltedBy', {
        what: <strong>{what}</strong>,
        who: of.by,
        ago: (
          <time dateTime={of.since} title={moment(of.since)}>
            {relative(of.since, now)}
          </time>
        ),
        why: of.reason,
      })}
    </>
  );
}
