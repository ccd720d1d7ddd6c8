// Mail before this one, and the versions of this one.
import { relative, useNow } from '@/lib/time';

import classes from './Evidence.module.css';
import type { Item } from './queries/item';
import { Section } from './Section';
import { say, stateOf, verdictOf } from './texts';

export function History({ item, open }: { item: Item; open: (number: number) => void }) {
  const now = useNow(30_000);
  return (
    <>
      <Section title={say('before')} {...(item.thread.length ? { aside: String(item.thread.length) } : {})}>
        {item.thread.length === 0 ? (
          <p className={classes.none}>{say('nothingBefore', { name: item.person.name })}</p>
        ) : (
          <ul className={classes.letters}>
            {item.thread.map((letter) => (
              <li key={letter.at + letter.direction} data-direction={letter.direction}>
                <details>
                  <summary>
                    <strong>{letter.direction === 'in' ? item.person.name : say('we')}</strong>{' '}
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
        <Section title={say('versions')}>
          <ol className={classes.versions}>
            {item.versions.map((one) => (
              <li key={one.number} data-open={one.number === item.number || undefined}>
                <button type="button" onClick={() => open(one.number)}>
                  {say('version', { number: String(one.version) })}
                  <span className={classes.ago}>{relative(one.created_at, now)}</span>
                </button>
                <p className={classes.why}>
                  {one.decision ? say(verdictOf(one.decision), { who: one.decided_by ?? '' }) : stateOf(one.status)}
                  {one.decision_note && say('noted', { note: one.decision_note })}
                </p>
              </li>
            ))}
          </ol>
        </Section>
      )}
    </>
  );
}
