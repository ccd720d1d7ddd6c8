// The brand, the competitor and the offer of a campaign, said anew.
import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { Notice, Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';

import { useRevise, type CampaignChange, type Desk } from './queries';
import { say } from './texts';

export function Revise({ desk }: { desk: Desk }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {say('revise')}
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={say('reviseTitle')}>
        {isOpen && <Form desk={desk} close={() => setOpen(false)} />}
      </Modal>
    </>
  );
}

function Form({ desk, close }: { desk: Desk; close: () => void }) {
  const before = { brand: desk.campaign.brand, competitor: desk.campaign.competitor ?? '', context: desk.additional_context ?? '' };
  const [words, setWords] = useState(before);
  const revise = useRevise(desk.campaign.id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body: CampaignChange = {};
    if (words.brand !== before.brand) body.brand = words.brand.trim();
    if (words.competitor !== before.competitor) body.competitor = words.competitor.trim() || null;
    if (words.context !== before.context) body.context = words.context.trim() || null;
    revise.mutate(body, { onSuccess: close });
  };
  return (
    <form className={parts.form} onSubmit={submit} aria-label={say('reviseTitle')}>
      <TextInput label={say('brand')} description={say('asStandsUnderYour')} inputWrapperOrder={['label', 'input', 'description']} required data-autofocus size="sm" maxLength={120} value={words.brand} onChange={(event) => setWords({ ...words, brand: event.currentTarget.value })} />
      {words.brand !== before.brand && <Notice tone="warn">{say('brandMoves')}</Notice>}
      <TextInput label={say('nameCompetitor')} description={say('optionalNeverNamedMail')} inputWrapperOrder={['label', 'input', 'description']} size="sm" maxLength={120} value={words.competitor} onChange={(event) => setWords({ ...words, competitor: event.currentTarget.value })} />
      <Textarea label={say('whatYouOffer')} description={say('optionalUsedWhilePast')} inputWrapperOrder={['label', 'input', 'description']} autosize minRows={3} size="sm" maxLength={5000} value={words.context} onChange={(event) => setWords({ ...words, context: event.currentTarget.value })} />
      <Trouble error={revise.error} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        <Button type="submit" loading={revise.isPending}>
          {say('save')}
        </Button>
      </div>
    </form>
  );
}
