// Change how a mailbox's mail leaves; its secret is typed here once, sealed, and never shown again.
import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';

import { Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';

import { useChange, type Mailbox } from './mailboxes';
import { say } from './texts';
import { WayFields } from './WayFields';
import { wayOf, wayWords } from './wayOf';

export function HowItLeaves({ box }: { box: Mailbox }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {say('changeWay')}
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={say('howMailLeaves')} size="lg">
        {isOpen && <Form box={box} close={() => setOpen(false)} />}
      </Modal>
    </>
  );
}

function Form({ box, close }: { box: Mailbox; close: () => void }) {
  const [words, setWords] = useState(() => wayWords(box));
  const [reason, setReason] = useState('');
  const change = useChange(box.address);
  const save = useMutation({
    mutationFn: async () => change.mutateAsync({ way: await wayOf(box.address, words), reason: reason.trim() }),
    onSuccess: close,
  });
  // A secret stays good only where it was meant for.
  const isSame = words.way === box.transport && words.smtp.trim() === (box.server ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className={parts.form} onSubmit={submit} aria-label={say('howMailLeaves')}>
      <WayFields words={words} set={(changes) => setWords((now) => ({ ...now, ...changes }))} hasSecret={isSame && box.secret !== null} />
      <TextInput label={say('why')} description={say('standsInLog')} required size="sm" maxLength={300} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <Trouble error={save.error} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        <Button type="submit" loading={save.isPending} disabled={reason.trim() === ''}>
          {say('save')}
        </Button>
      </div>
    </form>
  );
}
