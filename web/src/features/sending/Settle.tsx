// A person's word on a mail of which nobody can know whether it left.
import '@mantine/core/styles/Radio.layer.css';

import { Button, Modal, Radio, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { Notice, Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';

import { useSettle, type Word } from './mailboxes';
import type { Sent } from './queries';
import { say, told } from './texts';

const WORDS = [
  ['arrived', say('arrived'), say('arrivedAbout')],
  ['resend', say('resend'), say('resendAbout')],
  ['give_up', say('giveUp'), say('giveUpAbout')],
] as const;

export function Settle({ line }: { line: Sent }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={() => setOpen(true)}>
        {say('settle')}
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={say('whatBecameThisMail')}>
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
          {told('mailTo', { subject: <strong>{line.subject}</strong>, contact: line.contact, account: line.account })}
        </p>
        <p>{say('lookInSent', { mailbox: line.mailbox })}</p>
      </Notice>
      <Radio.Group label={say('yourWordCounts')} value={word} onChange={(value) => setWord(value as Word['word'])}>
        {WORDS.map(([value, label, about]) => (
          <Radio key={value} value={value} label={label} description={about} mt={10} size="sm" />
        ))}
      </Radio.Group>
      <TextInput
        label={say('note')}
        description={say('howYouKnowStands')}
        size="sm"
        maxLength={300}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Trouble error={settle.error} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        <Button type="submit" disabled={!word} loading={settle.isPending}>
          {say('settleIt')}
        </Button>
      </div>
    </form>
  );
}
