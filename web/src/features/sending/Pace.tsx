// The cap and the pace of a mailbox; a change needs a reason, which the log keeps.
import { NativeSelect, TextInput } from '@mantine/core';

import { Zones, ZONES } from '@/components/Zones';
import parts from '@/components/parts.module.css';

import type { Change, Mailbox } from './mailboxes';
import { Reasoned, useWords } from './Reasoned';
import { say } from './texts';

const wordsOf = (box: Mailbox) => ({
  daily_cap: String(box.daily_cap),
  ramp: box.ramp ?? 'none',
  gap: box.gap_seconds === null ? '' : `${box.gap_seconds}s`,
  hours: box.hours ?? '',
  zone: box.zone ?? '',
});

export function Pace({ box, mayWrite }: { box: Mailbox; mayWrite: boolean }) {
  const { words, changed, field, undo } = useWords(wordsOf(box), mayWrite);
  const change = () => {
    const body: Omit<Change, 'reason'> = {};
    for (const name of changed) {
      if (name === 'daily_cap') body.daily_cap = Number(words.daily_cap);
      else body[name] = words[name].trim();
    }
    return body;
  };
  const ramp = box.ramps.find((one) => one.name === words.ramp);
  return (
    <Reasoned
      box={box}
      label={say('pace')}
      isChanged={changed.length > 0}
      change={change}
      undo={undo}
      told={say('holdsFromNextMail')}
    >
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
        <TextInput label={say('timeZone')} placeholder={say('exampleZone')} list={ZONES} {...field('zone')} />
        <Zones />
      </div>
      {ramp && <span className="quiet">{ramp.text}</span>}
    </Reasoned>
  );
}
