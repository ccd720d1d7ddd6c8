// The words that are being written, plain or in form, and the way from one to the other.
import { useDebouncedValue } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import { formsOf, toHtml, type Form, type Strange } from './form';
import { checkQuery, type Checked } from './queries/check';
import type { Words } from './queries/decide';
import type { Item } from './queries/item';

const KEPT = 'outrider.writing';

export interface Writing {
  isRich: boolean;
  subject: string;
  body: string;
  html: string;
  /** Counts the times that the rich field begins anew. */
  round: number;
  words: Words;
  /** The words as of a moment ago: what the checks are asked about. */
  settled: Words;
  isSettled: boolean;
  isTurning: boolean;
  lost: readonly Form[];
  pasted: readonly Strange[];
  trouble: unknown;
  setSubject: (subject: string) => void;
  setBody: (body: string) => void;
  setHtml: (html: string) => void;
  notePasted: (strange: readonly Strange[]) => void;
  turn: (toRich: boolean) => void;
  isChanged: (checked: Checked | undefined) => boolean;
}

/** What was in form before it was made plain; it returns while the plain words are the same. */
interface Formed {
  html: string;
  body: string;
}

export function useWriting(item: Item): Writing {
  const client = useQueryClient();
  const [isRich, setRich] = useState(
    () => item.rich !== null || localStorage.getItem(KEPT) === 'rich',
  );
  const [subject, setSubject] = useState(item.subject);
  const [body, setBody] = useState(item.body);
  const [html, setHtml] = useState(item.rich ?? toHtml(item.body));
  const [isTouched, setTouched] = useState(false);
  const [formed, setFormed] = useState<Formed | null>(null);
  const [pasted, setPasted] = useState<readonly Strange[]>([]);
  const [round, setRound] = useState(0);
  const [isTurning, setTurning] = useState(false);
  const [trouble, setTrouble] = useState<unknown>(null);

  const words = useMemo<Words>(() => {
    if (isRich) return { subject, html };
    // The server keeps a form with the same words; here it was taken off.
    return item.rich === null ? { subject, body } : { subject, html: toHtml(body) };
  }, [isRich, subject, html, body, item.rich]);
  const [settled] = useDebouncedValue(words, 300);

  const toRich = () => {
    setHtml(formed?.body === body ? formed.html : toHtml(body));
    setRound((before) => before + 1);
    setRich(true);
  };
  const toPlain = async () => {
    setTurning(true);
    try {
      // What the text part says is the server's to say.
      const said = await client.fetchQuery(checkQuery(item.number, { subject, html }));
      setBody(said.body);
      setFormed({ html: said.rich ?? html, body: said.body });
      setPasted([]);
      setRich(false);
    } catch (error) {
      setTrouble(error);
    } finally {
      setTurning(false);
    }
  };
  const turn = (wanted: boolean) => {
    if (wanted === isRich || isTurning) return;
    setTrouble(null);
    localStorage.setItem(KEPT, wanted ? 'rich' : 'plain');
    if (wanted) toRich();
    else void toPlain();
  };

  return {
    isRich,
    subject,
    body,
    html,
    round,
    words,
    settled,
    isSettled: settled === words,
    isTurning,
    lost: !isRich && formed ? formsOf(formed.html) : [],
    pasted,
    trouble,
    setSubject,
    setBody: (next) => {
      setBody(next);
      setTouched(true);
    },
    setHtml: (next) => {
      setHtml(next);
      setTouched(true);
    },
    notePasted: setPasted,
    turn,
    isChanged: (checked) => {
      if (subject !== item.subject) return true;
      if (checked) return checked.body !== item.body || checked.rich !== item.rich;
      return isTouched || (!isRich && item.rich !== null);
    },
  };
}
