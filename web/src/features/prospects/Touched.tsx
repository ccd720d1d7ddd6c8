// A colleague's call, mail or meeting is noted, so that pacing counts it.
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { useMay } from '@/api/me';
import { Notice, Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';

import { useNoteTouch, type Contact, type Way } from './contactQueries';
import { say } from './contactTexts';

const WAYS = ['call', 'meeting', 'mail', 'message'] as const satisfies readonly Way[];

export function NoteTouch({ person }: { person: Contact }) {
  const mayNote = useMay('tasks.do');
  const [isOpen, setOpen] = useState(false);
  if (!mayNote) return null;
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpen(true)}>
        {say('note')}
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={say('noteTitle')}>
        {isOpen && <Form person={person} close={() => setOpen(false)} />}
      </Modal>
    </>
  );
}

function Form({ person, close }: { person: Contact; close: () => void }) {
  const [by, setBy] = useState<Way>('call');
  const [when, setWhen] = useState('');
  const noting = useNoteTouch(person.id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // What stands in the field is the reader's own time.
    noting.mutate({ by, at: when ? new Date(when).toISOString() : null }, { onSuccess: close });
  };
  return (
    <form className={parts.form} onSubmit={submit}>
      <Notice>{say('noteAbout')}</Notice>
      <NativeSelect
        label={say('by')}
        size="sm"
        data-autofocus
        data={WAYS.map((value) => ({ value, label: say(`by_${value}`) }))}
        value={by}
        onChange={(event) => setBy(event.currentTarget.value as Way)}
      />
      <TextInput
        type="datetime-local"
        label={say('when')}
        description={say('whenHint')}
        size="sm"
        value={when}
        onChange={(event) => setWhen(event.currentTarget.value)}
      />
      <Trouble error={noting.error} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        <Button type="submit" loading={noting.isPending}>
          {say('keepTouch')}
        </Button>
      </div>
    </form>
  );
}
