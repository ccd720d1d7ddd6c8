// Mail before this one, and the versions of this one.
import { relative, useNow } from '@/lib/time';

import classes from './Evidence.module.css';
import type { Item } from './queries/item';
import { Section } from './Section';

const DID: Readonly<Record<string, string>> = {
  approve: 'approved',
  reject: 'sent back',
  edit: 'edited',
};

export function History({ item, open }: { item: Item; open: (number: number) => void }) {
  const now = useNow(30_000);
  return (
    <>
      <Section title="Mail before" {...(item.thread.length ? { aside: String(item.thread.length) } : {})}>
        {item.thread.length === 0 ? (
          <p className={classes.none}>Nothing went to {item.person.name} before, and nothing came.</p>
        ) : (
          <ul className={classes.letters}>
            {item.thread.map((letter) => (
              <li key={letter.at + letter.direction} data-direction={letter.direction}>
                <details>
                  <summary>
                    <strong>{letter.direction === 'in' ? item.person.name : 'We'}</strong>{' '}
                    {letter.subject}
                    <span className={classes.ago}>{relative(letter.at, now)}</span>
                  </summary>
                  <p className={classes.letter}>{letter.text}</p>
                </details>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {item.versions.length > 1 && (
        <Section title="Versions">
          <ol className={classes.versions}>
            {item.versions.map((one) => (
              <li key={one.number} data-open={one.number === item.number || undefined}>
                <button type="button" onClick={() => open(one.number)}>
                  Version {one.version}
                  <span className={classes.ago}>{relative(one.created_at, now)}</span>
                </button>
                <p className={classes.why}>
                  {one.decision
                    ? `${one.decided_by} ${DID[one.decision] ?? one.decision} it`
                    : one.status}
                  {one.decision_note && `: “${one.decision_note}”`}
                </p>
              </li>
            ))}
          </ol>
        </Section>
      )}
    </>
  );
}
