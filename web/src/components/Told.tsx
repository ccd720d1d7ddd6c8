// A sentence of the server: what stands between backticks is quoted from a text.
import { Fragment } from 'react';

export function Told({ words }: { words: string }) {
  return words.split('`').map((part, place) => {
    const key = `${place}-${part}`;
    return place % 2 === 1 ? (
      <q key={key} className="cited">
        {part}
      </q>
    ) : (
      <Fragment key={key}>{part}</Fragment>
    );
  });
}
