// A difference line by line, set side by side: what was beside what would be.

export interface Row {
  before: string | null;
  after: string | null;
  isChanged: boolean;
}

/** Rows of two columns from the lines of a unified difference. */
export function columnsOf(lines: readonly string[]): Row[] {
  const rows: Row[] = [];
  let gone: string[] = [];
  let come: string[] = [];
  const flush = () => {
    for (let place = 0; place < Math.max(gone.length, come.length); place++)
      rows.push({ before: gone[place] ?? null, after: come[place] ?? null, isChanged: true });
    gone = [];
    come = [];
  };
  // The first two lines name the sides; those that begin with @@ say where in the text it is.
  for (const line of lines.slice(2)) {
    if (line.startsWith('@@')) {
      flush();
      if (rows.length > 0) rows.push({ before: '…', after: '…', isChanged: false });
    } else if (line.startsWith('-')) gone.push(line.slice(1));
    else if (line.startsWith('+')) come.push(line.slice(1));
    else {
      flush();
      rows.push({ before: line.slice(1), after: line.slice(1), isChanged: false });
    }
  }
  flush();
  return rows;
}
