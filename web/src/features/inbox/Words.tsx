// Subject and body with every claim numbered like its source, and every flaw underlined.
import { HoverCard } from '@mantine/core';
import { useMemo } from 'react';

import { Told } from '@/components/Told';
import { cut, places, type Mark, type Piece } from '@/lib/marks';

import classes from './Mail.module.css';
import type { Evidence, Flaw, Item } from './queries/item';
import { say } from './texts';

interface Props {
  item: Item;
  source: number | null;
  setSource: (source: number | null) => void;
}

export function Words({ item, source, setSource }: Props) {
  const flaws = useMemo(() => item.checks.flatMap((check) => check.flaws), [item.checks]);
  const pieces = useMemo(
    () => ({
      subject: cut(item.subject, marksOf('subject', item.subject, item.evidence, flaws)),
      body: cut(item.body, marksOf('body', item.body, item.evidence, flaws)),
    }),
    [item, flaws],
  );
  const show = (piece: Piece) => (
    <Marked
      key={piece.start}
      piece={piece}
      flaw={piece.flaw === undefined ? undefined : flaws[piece.flaw]}
      evidence={item.evidence.find((one) => one.n === piece.source)}
      isOn={piece.source !== undefined && piece.source === source}
      setSource={setSource}
    />
  );
  return (
    <article className={classes.words}>
      <h3 className={classes.subject}>{pieces.subject.map(show)}</h3>
      <div className={classes.body}>{pieces.body.map(show)}</div>
    </article>
  );
}

function marksOf(
  part: string,
  text: string,
  evidence: readonly Evidence[],
  flaws: readonly Flaw[],
): Mark[] {
  const claims = evidence.flatMap((one) =>
    places(text, one.span).map(([start, end]) => ({ start, end, source: one.n })),
  );
  const found = flaws.flatMap((flaw, index) =>
    flaw.span?.part === part
      ? [{ start: flaw.span.start, end: flaw.span.end, flaw: index, severity: flaw.severity }]
      : [],
  );
  return [...claims, ...found];
}

interface NumberedProps {
  text: string;
  n: number;
  setSource: (source: number | null) => void;
}

/** The words of a claim; the number of its source stays on the line of the last of them. */
function Numbered({ text, n, setSource }: NumberedProps) {
  const last = text.lastIndexOf(' ') + 1;
  return (
    <>
      {text.slice(0, last)}
      <span className={classes.together}>
        {text.slice(last)}
        <button
          type="button"
          className={classes.n}
          aria-label={say('source', { n })}
          onClick={() => {
            setSource(n);
            document.getElementById(`source-${n}`)?.scrollIntoView({ block: 'nearest' });
          }}
        >
          {n}
        </button>
      </span>
    </>
  );
}

interface MarkedProps {
  piece: Piece;
  flaw: Flaw | undefined;
  evidence: Evidence | undefined;
  isOn: boolean;
  setSource: (source: number | null) => void;
}

function Marked({ piece, flaw, evidence, isOn, setSource }: MarkedProps) {
  if (!flaw && !evidence) return piece.text;
  const mark = (
    <mark
      className={classes.mark}
      data-claim={evidence ? '' : undefined}
      data-severity={flaw?.severity}
      data-on={isOn || undefined}
      onMouseEnter={() => evidence && setSource(evidence.n)}
      onMouseLeave={() => evidence && setSource(null)}
    >
      {evidence && piece.endsSource ? (
        <Numbered text={piece.text} n={evidence.n} setSource={setSource} />
      ) : (
        piece.text
      )}
    </mark>
  );
  if (!flaw) return mark;
  return (
    <HoverCard width={300} shadow="md" openDelay={120} withinPortal>
      <HoverCard.Target>{mark}</HoverCard.Target>
      <HoverCard.Dropdown p="sm">
        <strong>
          <Told words={flaw.message} />
        </strong>
        <p className={classes.fix}>
          <Told words={flaw.fix} />
        </p>
      </HoverCard.Dropdown>
    </HoverCard>
  );
}
