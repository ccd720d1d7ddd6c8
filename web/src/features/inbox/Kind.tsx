// Plain text or words in form, and what is lost between the two.
import { sentenceOf } from '@/api/client';
import { listed } from '@/lib/texts/format';

import type { Form, Strange } from './form';
import mail from './Mail.module.css';
import classes from './Rich.module.css';
import type { Writing } from './useWriting';
import { say } from './writingTexts';

const LOST = {
  bold: 'lostBold',
  italic: 'lostItalic',
  links: 'lostLinks',
  lists: 'lostLists',
} as const satisfies Record<Form, string>;

const OUT = {
  pictures: 'outPictures',
  headings: 'outHeadings',
  tables: 'outTables',
  underlining: 'outUnderlining',
  colours: 'outColours',
  nested: 'outNested',
  fields: 'outFields',
  programs: 'outPrograms',
} as const satisfies Record<Strange, string>;

export function Kind({ writing }: { writing: Writing }) {
  const kinds = [
    [false, say('plain')],
    [true, say('rich')],
  ] as const;
  return (
    <div className={classes.kind}>
      <div className={mail.views} role="group" aria-label={say('kind')}>
        {kinds.map(([isRich, name]) => (
          <button
            key={name}
            type="button"
            className={mail.view}
            aria-pressed={writing.isRich === isRich}
            disabled={writing.isTurning}
            onClick={() => writing.turn(isRich)}
          >
            {name}
          </button>
        ))}
      </div>
    </div>
  );
}

export function Lost({ writing }: { writing: Writing }) {
  const { lost, pasted, trouble } = writing;
  return (
    <div role="status">
      {lost.length > 0 && (
        <p className={classes.lost}>
          {say('lost', { forms: listed(lost.map((one) => say(LOST[one]))) })}
        </p>
      )}
      {pasted.length > 0 && (
        <p className={classes.lost}>
          {say('leftOut', { things: listed(pasted.map((one) => say(OUT[one]))) })}
        </p>
      )}
      {trouble !== null && <p className={classes.lost}>{sentenceOf(trouble)}</p>}
    </div>
  );
}
