// Files in pieces, so that a large one needs no memory and a broken line costs one piece only.
import { useRef, useState } from 'react';

import { api, ok, Problem, sentenceOf, type Schemas } from './client';

type Upload = Schemas['Upload'];
export type Place = '/api/campaign-files' | '/api/imports/files';

const TRIES = 3;

async function piece(place: Place, id: string, at: number, data: Blob, signal: AbortSignal) {
  const headers = { 'X-Outrider': '1', 'Content-Type': 'application/octet-stream' };
  for (let tried = 1; ; tried += 1) {
    try {
      const answer = await fetch(`${place}/${id}/${at}`, { method: 'PUT', headers, body: data, signal });
      return await ok<Upload>(
        answer.json().then((told: Upload) => ({ data: told, error: told, response: answer })),
      );
    } catch (error) {
      const isLost = !(error instanceof Problem) || error.status === 0 || error.status >= 500;
      if (signal.aborted || !isLost || tried >= TRIES) throw error;
      await new Promise((wait) => window.setTimeout(wait, 400 * tried));
    }
  }
}

/** Hand a file over; `told` hears the share of it that is there. */
async function upload(place: Place, file: File, told: (share: number) => void, signal: AbortSignal) {
  const body = { name: file.name, size_bytes: file.size };
  const made = await ok<Upload>(api.POST(place, { body, signal }));
  for (let at = 0; at < file.size; at += made.piece_bytes) {
    const data = file.slice(at, at + made.piece_bytes);
    await piece(place, made.id, at, data, signal);
    told(Math.min(1, (at + data.size) / file.size));
  }
  return made.id;
}

export interface Sent {
  key: number;
  name: string;
  bytes: number;
  share: number;
  /** The server's name for it, once it is whole. */
  id?: string;
  error?: string;
}

let keys = 0;

/** Files on their way to one place. */
export function useFiles(place: Place) {
  const [files, setFiles] = useState<readonly Sent[]>([]);
  const stops = useRef(new Map<number, AbortController>());
  const change = (key: number, changes: Partial<Sent>) =>
    setFiles((now) => now.map((one) => (one.key === key ? { ...one, ...changes } : one)));
  const add = (chosen: Iterable<File>) => {
    for (const file of chosen) {
      keys += 1;
      const key = keys;
      const stop = new AbortController();
      stops.current.set(key, stop);
      setFiles((now) => [...now, { key, name: file.name, bytes: file.size, share: 0 }]);
      upload(place, file, (share) => change(key, { share }), stop.signal)
        .then((id) => change(key, { id, share: 1 }))
        .catch((error: unknown) => {
          if (!stop.signal.aborted) change(key, { error: sentenceOf(error) });
        });
    }
  };
  const remove = (key: number) => {
    stops.current.get(key)?.abort();
    const gone = files.find((one) => one.key === key);
    if (gone?.id)
      void ok(api.DELETE(`${place}/{file_id}`, { params: { path: { file_id: gone.id } } })).catch(() => {});
    setFiles((now) => now.filter((one) => one.key !== key));
  };
  return {
    files,
    add,
    remove,
    clear: () => setFiles([]),
    ids: files.flatMap((one) => (one.id ? [one.id] : [])),
    isBusy: files.some((one) => !one.id && !one.error),
    hasFailed: files.some((one) => one.error),
  };
}

export type Files = ReturnType<typeof useFiles>;
