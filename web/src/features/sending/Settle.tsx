// A person's word on a mail of which nobody can know whether it left.
import '@mantine/core/styles/Radio.layer.css';

import { Button, Modal, Radio, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { Notice, Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';

import { useSettle, type Word } from './mailboxes';
import type { Sent } from './queries';

const WORDS = [
  ['arrived', 'It arrived', 'It counts as sent; the sequence goes on from there.'],
  ['resend', 'It surely did not arrive', 'It is sent again, after every check.'],
  ['give_up', 'Nobody can know', 'Nothing is sent for this step, so that nobody gets it twice.'],
] as const;

export function Settle({ line }: { line: Sent }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={() => setOpen(true)}>
        Settle…
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="What became of this mail?">
        {isOpen && <Ask line={line} close={() => setOpen(false)} />}
      </Modal>
    </>
  );
}

function Ask({ line, close }: { line: Sent; close: () => void }) {
  const [word, setWord] = useState<Word['word'] | ''>('');
  const [note, setNote] = useState('');
  const settle = useSettle();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (word) settle.mutate({ message_id: line.message_id, word, note: note.trim() }, { onSuccess: close });
  };
  return (
    <form className={parts.form} onSubmit={submit}>
      <Notice>
        <p>
          <strong>{line.subject}</strong>, to {line.contact} at {line.account}.
        </p>
        <p>Look into the Sent folder of {line.mailbox}, or ask the mail server for its Message-ID.</p>
      </Notice>
      <Radio.Group label="It is your word that counts" value={word} onChange={(value) => setWord(value as Word['word'])}>
        {WORDS.map(([value, label, about]) => (
          <Radio key={value} value={value} label={label} description={about} mt={10} size="sm" />
        ))}
      </Radio.Group>
      <TextInput
        label="Note"
        description="How you know; it stands in the log, so no address."
        size="sm"
        maxLength={300}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Trouble error={settle.error} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" disabled={!word} loading={settle.isPending}>
          Settle it
        </Button>
      </div>
    </form>
  );
}
