// What a step saw, asked or got: words as words, a few fields as a list, anything deeper as it is.
import { Fragment } from 'react';

import classes from './agents.module.css';
import { say } from './texts';

const FEW = 12;
const SHORT = 400;

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isPlain = (value: unknown) => value === null || typeof value !== 'object';

function cutOf(value: unknown): { cut: number; text: string } | null {
  return isFields(value) && typeof value.cut === 'number' && typeof value.text === 'string'
    ? { cut: value.cut, text: value.text }
    : null;
}

/** Words that hold JSON are shown as what they hold. */
function read(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

export function Value({ of: given }: { of: unknown }) {
  const value = read(given);
  const cut = cutOf(value);
  if (cut)
    return (
      <>
        <pre className={classes.raw}>{cut.text}</pre>
        <p className={classes.note}>{say('cutAt', { count: cut.cut })}</p>
      </>
    );
  if (value === null || value === undefined || value === '') return <span className="quiet">{say('nothing')}</span>;
  if (isPlain(value)) return <p className={classes.words}>{String(value)}</p>;
  if (isFields(value)) {
    const fields = Object.entries(value);
    if (fields.length === 0) return <span className="quiet">{say('nothing')}</span>;
    const isFlat = fields.length <= FEW && fields.every(([, one]) => isPlain(one) && String(one).length <= SHORT);
    if (isFlat)
      return (
        <dl className={classes.fields}>
          {fields.map(([name, one]) => (
            <Fragment key={name}>
              <dt>{name.replaceAll('_', ' ')}</dt>
              <dd>{one === null || one === '' ? say('nothing') : String(one)}</dd>
            </Fragment>
          ))}
        </dl>
      );
  }
  return <pre className={classes.raw}>{JSON.stringify(value, null, 1)}</pre>;
}

interface Part {
  text?: string;
  use?: string;
  input?: unknown;
  result?: string;
  is_error?: boolean;
}

/** Parts of a message: what was said, which tools were wanted, what those gave. */
export function Parts({ of: given }: { of: readonly unknown[] }) {
  return (given as readonly Part[]).map((part, place) => {
    const key = `${place}`;
    if (part.text !== undefined) return <p key={key} className={classes.words}>{part.text}</p>;
    if (part.use !== undefined)
      return (
        <div key={key}>
          <strong>{say('wants', { tools: part.use })}</strong>
          <Value of={part.input} />
        </div>
      );
    return <Value key={key} of={part.result ?? part} />;
  });
}
