// Whether a person agreed to text messages, with the proof; a consent and a withdrawal are noted here.
import { Button, Modal, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { useMay } from '@/api/me';
import { Notice, Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';
import { Part } from '@/components/Screen';
import { day } from '@/lib/time';

import { useNoteConsent, type Contact } from './contactQueries';
import { say } from './contactTexts';

export function TextMessages({ person }: { person: Contact }) {
  const mayNote = useMay('consent.write');
  const [asked, setAsked] = useState<'agree' | 'withdraw' | null>(null);
  const { consent } = person;
  const holds = consent !== null && consent.revoked_at === null;
  return (
    <Part
      title={say('texts')}
      act={
        mayNote && (
          <Button size="xs" variant="default" onClick={() => setAsked(holds ? 'withdraw' : 'agree')}>
            {say(holds ? 'withdraw' : consent ? 'noteAgain' : 'noteConsent')}
          </Button>
        )
      }
    >
      <Standing person={person} />
      <Modal
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title={say(asked === 'withdraw' ? 'withdrawTitle' : 'consentTitle')}
      >
        {asked && <Form person={person} agreed={asked === 'agree'} close={() => setAsked(null)} />}
      </Modal>
    </Part>
  );
}

function Standing({ person }: { person: Contact }) {
  const { consent } = person;
  if (consent === null) return <p className={parts.none}>{say('noConsent')}</p>;
  const { revoked_at: gone, source, given_at: given, noted_by: who } = consent;
  const noted = who ? say('notedBy', { day: day(given), who }) : say('notedOn', { day: day(given) });
  return (
    <>
      <Notice tone={gone ? 'warn' : 'good'}>{gone ? say('withdrawn', { day: day(gone) }) : say('agreed')}</Notice>
      <dl className={`${parts.card} ${parts.facts}`}>
        <dt>{say('proof')}</dt>
        <dd>{source}</dd>
        <dt>{say(gone ? 'before' : 'noted')}</dt>
        <dd>{noted}</dd>
      </dl>
    </>
  );
}

function Form({ person, agreed, close }: { person: Contact; agreed: boolean; close: () => void }) {
  const [source, setSource] = useState('');
  const noting = useNoteConsent(person.id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    noting.mutate({ agreed, source: source.trim() }, { onSuccess: close });
  };
  return (
    <form className={parts.form} onSubmit={submit}>
      <Notice tone={agreed ? 'warn' : 'info'}>{say(agreed ? 'consentAbout' : 'withdrawAbout')}</Notice>
      <TextInput
        label={say('proofLabel')}
        description={say('proofHint')}
        placeholder={agreed ? say('proofExample') : ''}
        required
        size="sm"
        maxLength={200}
        data-autofocus
        value={source}
        onChange={(event) => setSource(event.currentTarget.value)}
      />
      <Trouble error={noting.error} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        <Button type="submit" loading={noting.isPending} disabled={source.trim() === ''}>
          {say(agreed ? 'keepConsent' : 'keepWithdrawal')}
        </Button>
      </div>
    </form>
  );
}
