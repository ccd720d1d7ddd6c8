// The cap and the pace of a mailbox; a change needs a reason, which the log keeps.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { Notice, Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';

import { useChange, type Change, type Mailbox } from './mailboxes';
import { say } from './texts';

const wordsOf = (box: Mailbox) => ({
  daily_cap: String(box.daily_cap),
  ramp: box.ramp ?? 'none',
  gap: box.gap_seconds === null ? '' : `${box.gap_seconds}s`,
  hours: box.hours ?? '',
  zone: box.zone ?? '',
});
type Words = ReturnType<typeof wordsOf>;

export function Pace({ box, mayWrite }: { box: Mailbox; mayWrite: boolean }) {
  const before = wordsOf(box);
  const [words, setWords] = useState(before);
  const [reason, setReason] = useState('');
  const change = useChange(box.address);
  const changed = (Object.keys(words) as Array<keyof Words>).filter((name) => words[name] !== before[name]);
  const field = (name: keyof Words) => ({
    size: 'xs' as const,
    disabled: !mayWrite,
    value: words[name],
    onChange: (event: { currentTarget: { value: string } }) => setWords({ ...words, [name]: event.currentTarget.value }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body: Change = { reason: reason.trim() };
    for (const name of changed) {
      if (name === 'daily_cap') body.daily_cap = Number(words.daily_cap);
      else body[name] = words[name].trim();
    }
    change.mutate(body, { onSuccess: () => setReason('') });
  };
  const ramp = box.ramps.find((one) => one.name === words.ramp);
  return (
    <form className={`${parts.card} ${parts.form}`} onSubmit={submit} aria-label={say('pace')}>
      <p style={{ margin: 0 }}>{box.pace}</p>
      <div className={parts.two}>
        <TextInput label={say('mailsDayAtMost')} type="number" min={0} max={100000} required {...field('daily_cap')} />
        <NativeSelect
          label={say('howGrows')}
          data={[{ value: 'none', label: say('warmAlready') }, ...box.ramps.map((one) => ({ value: one.name, label: one.name }))]}
          {...field('ramp')}
        />
        <TextInput label={say('betweenTwoMails')} placeholder={say('exampleGap')} {...field('gap')} />
        <TextInput label={say('hours')} placeholder="8:30-17:30" {...field('hours')} />
        <TextInput label={say('timeZone')} placeholder={say('exampleZone')} {...field('zone')} />
      </div>
      {ramp && <span className="quiet">{ramp.text}</span>}
      {change.isSuccess && changed.length === 0 && <Notice tone="good">{say('holdsFromNextMail')}</Notice>}
      {changed.length > 0 && (
        <>
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
