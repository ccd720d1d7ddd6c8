// A new mailbox: who writes, how mail leaves, and how much of it.
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';

import { useMay } from '@/api/me';
import { Notice, Trouble } from '@/components/Notice';
import { Part, Screen } from '@/components/Screen';
import { Zones, ZONES } from '@/components/Zones';
import parts from '@/components/parts.module.css';

import { useAdd, type Wanted, type Way } from './mailboxes';
import { say } from './texts';
import { WayFields } from './WayFields';
import { NO_WAY, wayOf } from './wayOf';

const RAMPS = [
  { value: '', label: say('usualOne') },
  { value: 'weekly', label: say('weekly') },
  { value: 'gentle', label: say('gentle') },
  { value: 'fortnight', label: say('fortnight') },
  { value: 'none', label: say('noneWarmAlready') },
];

const EMPTY = {
  address: '', name: '', postal_address: '', booking_link: '', signature: '', daily_cap: '40', ramp: '', zone: '',
}; // prettier-ignore
type Words = typeof EMPTY;

export function NewMailbox() {
  const isAllowed = useMay('mailboxes.write');
  return (
    <Screen title={say('newMailbox')} about={say('newMailboxAbout')}
      above={
        <Link to="/sending" className={parts.back}>
          <IconArrowLeft size={14} aria-hidden />{' '}{say('sending')}
        </Link>
      }
    >
      {isAllowed ? <Form /> : <Notice tone="warn">{say('yourRoleMayNot')}</Notice>}
    </Screen>
  );
}

const wanted = (words: Words, way: Way): Wanted => ({
  address: words.address.trim(),
  name: words.name.trim(),
  postal_address: words.postal_address.trim(),
  booking_link: words.booking_link.trim(),
  signature: words.signature.trim(),
  daily_cap: Number(words.daily_cap),
  ...way,
  ...(words.ramp ? { ramp: words.ramp } : {}),
  ...(words.zone.trim() ? { zone: words.zone.trim() } : {}),
});

function Form() {
  const [words, setWords] = useState(EMPTY);
  const [way, setWay] = useState(NO_WAY);
  const navigate = useNavigate();
  const add = useAdd();
  const making = useMutation({
    mutationFn: async () => add.mutateAsync(wanted(words, await wayOf(words.address.trim(), way))),
    onSuccess: (box) => void navigate({ to: '/sending/mailboxes/$address', params: { address: box.address } }),
  });
  const field = (name: keyof Words) => ({
    size: 'sm' as const,
    value: words[name],
    onChange: (event: { currentTarget: { value: string } }) => setWords({ ...words, [name]: event.currentTarget.value }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    making.mutate();
  };
  return (
    <form className={parts.form} onSubmit={submit} aria-label={say('newMailbox')}>
      <Part title={say('whoWrites')}>
        <div className={parts.two}>
          <TextInput label={say('address')} type="email" required placeholder={say('exampleAddress')} {...field('address')} />
          <TextInput label={say('namePersonWhoSigns')} required {...field('name')} />
          <TextInput label={say('postalAddress')} description={say('lawWantsEachMail')} inputWrapperOrder={['label', 'input', 'description']} required placeholder={say('examplePostal')} {...field('postal_address')} />
          <TextInput label={say('whereMeetingCanBe')} type="url" required placeholder={say('exampleLink')} {...field('booking_link')} />
        </div>
        <Textarea mt={14} label={say('linesUnderName')} autosize minRows={1} {...field('signature')} />
      </Part>
      <Part title={say('howMailLeaves')}>
        <WayFields words={way} set={(changes) => setWay((now) => ({ ...now, ...changes }))} hasSecret={false} />
      </Part>
      <Part title={say('howMuch')}>
        <div className={parts.two}>
          <TextInput label={say('mailsDayAtMost')} type="number" min={0} max={100000} required {...field('daily_cap')} />
          <NativeSelect label={say('howGrowsFromToday')} data={RAMPS} {...field('ramp')} />
          <TextInput label={say('itsTimeZone')} placeholder={say('exampleZone')} list={ZONES} {...field('zone')} />
          <Zones />
        </div>
      </Part>
      <div>
        <Trouble error={making.error} />
        <Button type="submit" size="sm" loading={making.isPending}>
          {say('addMailbox')}
        </Button>
      </div>
    </form>
  );
}
