// A place to drop files on, or to choose them; each tells how much of it is there.
import { ActionIcon } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconFileUpload, IconX } from '@tabler/icons-react';
import { useRef, useState, type DragEvent } from 'react';

import type { Files, Sent } from '@/api/upload';
import { bytes } from '@/lib/bytes';

import classes from './DropFiles.module.css';
import { say, told } from './texts';

interface Props {
  files: Files;
  label: string;
  hint: string;
  accept: string;
  many?: boolean;
}

export function DropFiles({ files, label, hint, accept, many = true }: Props) {
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (chosen: FileList | null) => {
    if (chosen && chosen.length > 0) files.add(many ? chosen : Array.from(chosen).slice(0, 1));
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  return (
    <div>
      <p className={classes.label}>{label}</p>
      {(many || files.files.length === 0) && (
        <button
          type="button"
          className={classes.drop}
          data-over={isOver || undefined}
          onClick={() => input.current?.click()}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <IconFileUpload size={22} stroke={1.6} aria-hidden />
          <span className="only-read-aloud">{label}: </span>
          <span>
            {told(many ? 'dropMany' : 'dropOne', {
              drop: <strong>{say(many ? 'filesHere' : 'fileHere')}</strong>,
            })}
          </span>
          <small>{hint}</small>
        </button>
      )}
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        accept={accept}
        multiple={many}
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
      {files.files.length > 0 && (
        <ul className={classes.files} aria-label={say('files', { label })}>
          {files.files.map((file) => (
            <Line key={file.key} file={file} remove={() => files.remove(file.key)} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Line({ file, remove }: { file: Sent; remove: () => void }) {
  const state = file.error ? 'bad' : file.id ? 'good' : 'busy';
  return (
    <li className={classes.file} data-state={state}>
      {state === 'good' && <IconCheck size={15} aria-label={say('ready')} />}
      {state === 'bad' && <IconAlertTriangle size={15} aria-label={say('failed')} />}
      <span className={classes.fileName}>{file.name}</span>
      <span className={classes.size}>
        {state === 'busy'
          ? say('shareOf', { share: Math.floor(file.share * 100), size: bytes(file.bytes) })
          : bytes(file.bytes)}
      </span>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={say('remove', { name: file.name })} onClick={remove}>
        <IconX size={14} />
      </ActionIcon>
      {state === 'busy' && (
        <span
          className={classes.bar}
          role="progressbar"
          aria-label={say('sending', { name: file.name })}
          aria-valuenow={Math.floor(file.share * 100)}
          aria-valuemin={0}
          aria-valuemax={100}
        >
          <span style={{ width: `${file.share * 100}%` }} />
        </span>
      )}
      {file.error && (
        <span className={classes.error} role="alert">
          {file.error}
        </span>
      )}
    </li>
  );
}
