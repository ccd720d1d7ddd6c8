// Days away, and who decides instead.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { Notice, Trouble } from '@/components/Notice';
import { Part } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { moment } from '@/lib/time';

import { useAway, useBack, type Hours } from './queries/own';
import type { Member } from './queries/people';
import { say } from './texts';

export function Away({ of, shown, people }: { of: string; shown: Hours; people: readonly Member[] }) {
  const [words, setWords] = useState({ first: '', last: '', standIn: '' });
  const away = useAway(of);
  const back = useBack(of);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    away.mutate({ first: words.first, last: words.last, stand_in: words.standIn || null });
  };
  return (
    <Part title={say('away')}>
      {shown.stand_ins.map((one) => (
        <Notice key={`${one.name}${one.starts_at}`}>
          {say('standsIn', { name: one.name, from: moment(one.starts_at), to: moment(one.ends_at) })}
        </Notice>
      ))}
      <form className={`${parts.card} ${parts.form}`} onSubmit={submit} aria-label={say('away')}>
        <div className={parts.two}>
          <TextInput type="date" label={say('firstDayAway')} required size="xs" value={words.first} onChange={(event) => setWords({ ...words, first: event.currentTarget.value })} />
          <TextInput type="date" label={say('lastDayAway')} required size="xs" value={words.last} onChange={(event) => setWords({ ...words, last: event.currentTarget.value })} />
        </div>
        <NativeSelect
          label={say('whoDecidesInstead')}
          size="xs"
          data={[{ value: '', label: say('nobodyDraftsWaitOr') }, ...people.map((one) => ({ value: one.id, label: one.name }))]}
          value={words.standIn}
          onChange={(event) => setWords({ ...words, standIn: event.currentTarget.value })}
        />
        <Trouble error={away.error ?? back.error} />
        <div className={parts.actions}>
          <Button type="submit" loading={away.isPending}>
            {say('beAway')}
          </Button>
          {shown.stand_ins.length > 0 && (
            <Button variant="default" loading={back.isPending} onClick={() => back.mutate(undefined)}>
              {say('beBackNow')}
            </Button>
          )}
        </div>
      </form>
    </Part>
  );
}
