// Who a mailbox is: the name that signs, the lines under it, the address that the law wants, the link.
import { Button, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { Notice, Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';

import { useChange, type Change, type Mailbox } from './mailboxes';
import { say } from './texts';

const FIELDS = ['name', 'signature', 'postal_address', 'booking_link'] as const;
type Words = Record<(typeof FIELDS)[number], string>;

const wordsOf = (box: Mailbox): Words => ({
  name: box.name,
  signature: box.signature,
  postal_address: box.postal_address,
  booking_link: box.booking_link,
});

export function Identity({ box, mayWrite }: { box: Mailbox; mayWrite: boolean }) {
  const before = wordsOf(box);
  const [words, setWords] = useState(before);
  const [reason, setReason] = useState('');
  const change = useChange(box.address);
  const changed = FIELDS.filter((name) => words[name] !== before[name]);
  const field = (name: keyof Words) => ({
    size: 'xs' as const,
    disabled: !mayWrite,
    value: words[name],
    onChange: (event: { currentTarget: { value: string } }) => setWords({ ...words, [name]: event.currentTarget.value }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body: Change = { reason: reason.trim() };
    for (const name of changed) body[name] = words[name].trim();
    change.mutate(body, { onSuccess: () => setReason('') });
  };
  return (
    <form className={`${parts.card} ${parts.form}`} onSubmit={submit} aria-label={say('whoSigns')}>
      <TextInput label={say('namePersonWhoSigns')} required maxLength={300} {...field('name')} />
      <Textarea label={say('linesUnderName')} autosize minRows={1} maxLength={1000} {...field('signature')} />
      <TextInput label={say('postalAddress')} required maxLength={500} {...field('postal_address')} />
      <TextInput label={say('whereMeetingCanBe')} type="url" required maxLength={1000} {...field('booking_link')} />
      {change.isSuccess && changed.length === 0 && <Notice tone="good">{say('approvedWaitAgain')}</Notice>}
      {changed.length > 0 && (
        <>
          <Notice tone="warn">{say('approvedWaitAgain')}</Notice>
          <TextInput label={say('why')} description={say('standsInLog')} required size="xs" maxLength={300} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
          <Trouble error={change.error} />
          <div className={parts.actions}>
            <Button type="submit" loading={change.isPending} disabled={reason.trim() === ''}>
              {say('save')}
            </Button>
            <Button variant="subtle" color="gray" onClick={() => setWords(before)}>
              {say('undo')}
            </Button>
          </div>
        </>
      )}
    </form>
  );
}
