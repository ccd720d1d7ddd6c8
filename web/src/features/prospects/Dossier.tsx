// Facts, each with the words of its source: first figures, then sentences that can be quoted.
import { Button } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useState } from 'react';

import { day } from '@/lib/time';

import classes from './account.module.css';
import type { Fact } from './queries';
import { say, told } from './texts';
import { kindOf, sourceOf, valueOf } from './words';

const FIRST = 8;

export function Dossier({ facts }: { facts: readonly Fact[] }) {
  const [isWhole, setWhole] = useState(false);
  if (facts.length === 0)
    return <p className={classes.none}>{say('noFacts')}</p>;
  const shown = isWhole ? facts : facts.slice(0, FIRST);
  return (
    <>
      <ul className={classes.facts}>
        {shown.map((fact) => (
          <FactItem key={fact.id} fact={fact} />
        ))}
      </ul>
      {facts.length > FIRST && (
        <Button variant="default" mt="sm" onClick={() => setWhole(!isWhole)}>
          {isWhole ? say('fewer') : say('allFacts', { count: facts.length })}
        </Button>
      )}
    </>
  );
}

function FactItem({ fact }: { fact: Fact }) {
  const isSentence = fact.kind === 'statement';
  const value = valueOf(fact.value, fact.unit);
  return (
    <li className={classes.fact}>
      <p className={classes.said}>
        <span className={classes.kind}>
          {isSentence ? say('saysOf', { topic: fact.topic ?? say('itself') }) : kindOf(fact.kind)}
        </span>
        {!isSentence && <strong className="tabular">{value}</strong>}
        {fact.as_of && <span className={classes.asOf}>{say('asOf', { day: day(fact.as_of) })}</span>}
      </p>
      {(isSentence || fact.quote !== fact.value) && fact.quote && (
        <blockquote className={classes.quote}>{fact.quote}</blockquote>
      )}
      <p className={classes.origin}>
        {told('readOn', { source: <Origin fact={fact} />, day: day(fact.retrieved_at) })}
        {fact.provenance === 'web' && <span className={classes.alone}>{say('webAlone')}</span>}
      </p>
    </li>
  );
}

/** A link only where a browser can follow it: a file of this machine has no address. */
function Origin({ fact }: { fact: Fact }) {
  const name = sourceOf(fact.source);
  if (!/^https?:\/\//.test(fact.url)) return <span title={fact.url}>{name}</span>;
  return (
    <a href={fact.url} target="_blank" rel="noreferrer noopener">
      {name} <IconExternalLink size={12} aria-label={say('opensBeside')} />
    </a>
  );
}
