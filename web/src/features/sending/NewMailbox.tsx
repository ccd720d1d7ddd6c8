// A new mailbox: who writes, how mail leaves, and how much of it. Secrets are named, never typed here.
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';

import { useMay } from '@/api/me';
import { Notice, Trouble } from '@/components/Notice';
import { Part, Screen } from '@/components/Screen';
import parts from '@/components/parts.module.css';

import { useAdd, type Wanted } from './mailboxes';

const WAYS = [
  { value: 'maildir', label: 'A folder on this machine: nothing leaves' },
  { value: 'smtp', label: 'A mail server (SMTP)' },
];
const TLS = [
  { value: 'starttls', label: 'STARTTLS' },
  { value: 'tls', label: 'TLS from the first byte' },
  { value: 'none', label: 'None (this machine alone)' },
];
const RAMPS = [
  { value: '', label: 'The usual one' },
  { value: 'weekly', label: 'Weekly' },
  { value: 'gentle', label: 'Gentle' },
  { value: 'fortnight', label: 'A fortnight' },
  { value: 'none', label: 'None: it is warm already' },
];

const EMPTY = {
  address: '', name: '', postal_address: '', booking_link: '', signature: '', daily_cap: '40',
  way: 'maildir', smtp: '', smtp_tls: 'starttls', smtp_user: '', secret_file: '', ramp: '', zone: '',
}; // prettier-ignore
type Words = typeof EMPTY;

export function NewMailbox() {
  const isAllowed = useMay('mailboxes.write');
  return (
    <Screen title="New mailbox" about="The address that mail is sent from, and the person who signs."
      above={
        <Link to="/sending" className={parts.back}>
          <IconArrowLeft size={14} aria-hidden /> Sending
        </Link>
      }
    >
      {isAllowed ? <Form /> : <Notice tone="warn">Your role may not add mailboxes; ask a campaign manager or an admin.</Notice>}
    </Screen>
  );
}

function wanted(words: Words): Wanted {
  const isServer = words.way === 'smtp';
  return {
    address: words.address.trim(),
    name: words.name.trim(),
    postal_address: words.postal_address.trim(),
    booking_link: words.booking_link.trim(),
    signature: words.signature.trim(),
    daily_cap: Number(words.daily_cap),
    smtp_tls: words.smtp_tls as 'starttls',
    ...(isServer ? { smtp: words.smtp.trim() } : {}),
    ...(isServer && words.smtp_user.trim() ? { smtp_user: words.smtp_user.trim() } : {}),
    ...(isServer && words.secret_file.trim() ? { secret_file: words.secret_file.trim() } : {}),
    ...(words.ramp ? { ramp: words.ramp } : {}),
    ...(words.zone.trim() ? { zone: words.zone.trim() } : {}),
  };
}

function Form() {
  const [words, setWords] = useState(EMPTY);
  const add = useAdd();
  const navigate = useNavigate();
  const field = (name: keyof Words) => ({
    size: 'sm' as const,
    value: words[name],
    onChange: (event: { currentTarget: { value: string } }) => setWords({ ...words, [name]: event.currentTarget.value }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(wanted(words), {
      onSuccess: (box) => void navigate({ to: '/sending/mailboxes/$address', params: { address: box.address } }),
    });
  };
  return (
    <form className={parts.form} onSubmit={submit} aria-label="New mailbox">
      <Part title="Who writes">
        <div className={parts.two}>
          <TextInput label="Address" type="email" required placeholder="ann@try-brand.com" {...field('address')} />
          <TextInput label="Name of the person who signs" required {...field('name')} />
          <TextInput label="Postal address" description="The law wants it in each mail" inputWrapperOrder={['label', 'input', 'description']} required placeholder="12 Main Street, Boston MA 02110" {...field('postal_address')} />
          <TextInput label="Where a meeting can be booked" type="url" required placeholder="https://cal.example/ann" {...field('booking_link')} />
        </div>
        <Textarea mt={14} label="Lines under the name" autosize minRows={1} {...field('signature')} />
      </Part>
      <Part title="How mail leaves">
        <div className={parts.two}>
          <NativeSelect label="By" data={WAYS} {...field('way')} />
          {words.way === 'smtp' && (
            <>
              <TextInput label="Server" required placeholder="mail.example:587" {...field('smtp')} />
              <NativeSelect label="Encryption" data={TLS} {...field('smtp_tls')} />
              <TextInput label="Login" {...field('smtp_user')} />
              <TextInput label="Name of the secret" description="A file in the keys folder, put there on the machine itself" inputWrapperOrder={['label', 'input', 'description']} required={words.smtp_user.trim() !== ''} {...field('secret_file')} />
            </>
          )}
        </div>
      </Part>
      <Part title="How much">
        <div className={parts.two}>
          <TextInput label="Mails a day, at most" type="number" min={0} max={100000} required {...field('daily_cap')} />
          <NativeSelect label="How it grows from today" data={RAMPS} {...field('ramp')} />
          <TextInput label="Its time zone" placeholder="America/New_York" {...field('zone')} />
        </div>
      </Part>
      <div>
        <Trouble error={add.error} />
        <Button type="submit" size="sm" loading={add.isPending}>
          Add the mailbox
        </Button>
      </div>
    </form>
  );
}
