// The numbered sources: what the mail says, and the stored words that it stands on.
import { IconExternalLink } from '@tabler/icons-react';

import { day } from '@/lib/time';

import classes from './Evidence.module.css';
import type { Evidence } from './queries/item';
import { Section } from './Section';
import { say, sourceOf } from './texts';

interface Props {
  evidence: readonly Evidence[];
  source: number | null;
  setSource: (source: number | null) => void;
}

export function Sources({ evidence, source, setSource }: Props) {
  if (evidence.length === 0)
    return (
      <Section title={say('sources')}>
        <p className={classes.none}>{say('noSources')}</p>
      </Section>
    );
  const numbers = [...new Set(evidence.map((one) => one.n))];
  return (
    <Section title={say('sources')} aside={say('claims', { count: evidence.length })}>
      <ol className={classes.sources}>
        {numbers.map((n) => (
          <Source
            key={n}
            claims={evidence.filter((one) => one.n === n)}
            n={n}
            isOn={n === source}
            setSource={setSource}
          />
        ))}
      </ol>
    </Section>
  );
}

interface SourceProps {
  claims: readonly Evidence[];
  n: number;
  isOn: boolean;
  setSource: (source: number | null) => void;
}

function Source({ claims, n, isOn, setSource }: SourceProps) {
  const fact = claims[0];
  if (!fact) return null;
  return (
    <li
      id={`source-${n}`}
      className={classes.source}
      data-on={isOn || undefined}
      onMouseEnter={() => setSource(n)}
      onMouseLeave={() => setSource(null)}
    >
      <span className={classes.n} aria-hidden="true">
        {n}
      </span>
      <div className={classes.fact}>
        <p className={classes.said}>
          {claims.map((claim) => say('quoted', { words: claim.span })).join(', ')}
          <span className={classes.kind}>
            {fact.kind?.replaceAll('_', ' ')}
            {fact.as_of && say('asOf', { day: day(fact.as_of) })}
          </span>
        </p>
        {fact.quote ? (
          <blockquote className={classes.quote}>{fact.quote}</blockquote>
        ) : (
          <p className={classes.missing}>{say('factGone')}</p>
        )}
        <p className={classes.origin}>
          <Origin url={fact.url} source={fact.source} />
          {fact.retrieved_at && say('readOn', { day: day(fact.retrieved_at) })}
        </p>
      </div>
    </li>
  );
}

/** A link only where a browser can follow it: a file of this machine has no address. */
function Origin({ url, source }: { url: string | null; source: string | null }) {
  const name = sourceOf(source);
  if (!url || !/^https?:\/\//.test(url)) return <span title={url ?? ''}>{name}</span>;
  return (
    <a href={url} target="_blank" rel="noreferrer noopener">
      {name} <IconExternalLink size={12} aria-label={say('opensBeside')} />
    </a>
  );
}
