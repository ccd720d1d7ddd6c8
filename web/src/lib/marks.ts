// Which pieces of a text carry a claim or a flaw: the text cut at every edge.

export interface Mark {
  start: number;
  end: number;
  /** Number of the source, of a claim. */
  source?: number;
  /** Index of the flaw. */
  flaw?: number;
  severity?: string;
}

export interface Piece {
  text: string;
  start: number;
  source?: number;
  flaw?: number;
  severity?: string;
  /** Whether the claim's mark ends here, so that its number is shown once. */
  endsSource: boolean;
}

/** Every place of these words in the text; none overlap. */
export function places(text: string, words: string): Array<[number, number]> {
  const found: Array<[number, number]> = [];
  if (!words) return found;
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length))
    found.push([at, at + words.length]);
  return found;
}

/** The text in pieces, each with the marks that lie on it. */
export function cut(text: string, marks: readonly Mark[]): Piece[] {
  const edges = new Set([0, text.length]);
  for (const { start, end } of marks) {
    if (start < text.length) edges.add(Math.max(0, start));
    if (end < text.length) edges.add(Math.max(0, end));
  }
  const sorted = [...edges].toSorted((one, other) => one - other);
  return sorted.slice(0, -1).map((start, place) => {
    const end = sorted[place + 1] ?? text.length;
    const on = marks.filter((mark) => mark.start < end && mark.end > start);
    const claim = on.find((mark) => mark.source !== undefined);
    const flaw = on.find((mark) => mark.flaw !== undefined);
    return {
      text: text.slice(start, end),
      start,
      endsSource: claim !== undefined && claim.end === end,
      ...(claim?.source === undefined ? {} : { source: claim.source }),
      ...(flaw?.flaw === undefined ? {} : { flaw: flaw.flaw }),
      ...(flaw?.severity === undefined ? {} : { severity: flaw.severity }),
    };
  });
}
