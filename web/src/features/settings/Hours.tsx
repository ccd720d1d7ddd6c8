// When one decides on drafts, days off, and who stands in meanwhile.
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type FormEvent } from 'react';

import { useMay, useMe } from '@/api/me';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Notice, Trouble } from '@/components/Notice';
import { Part } from '@/components/Screen';
import { Zones, ZONES } from '@/components/Zones';
import parts from '@/components/parts.module.css';
import { moment } from '@/lib/time';

import { Away } from './Away';
import { useHours, useSetHours, type Hours as Shown } from './queries/own';
import { usePeople } from './queries/people';
import classes from './settings.module.css';
import { say } from './texts';

const DAYS = [say('monday'), say('tuesday'), say('wednesday'), say('thursday'), say('friday'), say('saturday'), say('sunday')];

export function Hours() {
  const me = useMe()?.person.id ?? '';
  const mayOthers = useMay('people.manage');
  const people = usePeople().data ?? [];
  const [chosen, setChosen] = useState('');
  const of = chosen || me;
  const found = useHours(of);
  return (
    <>
      {mayOthers && people.length > 1 && (
        <NativeSelect label={say('whoseHours')} size="xs" w={260} mb={16} value={of} data={people.map((one) => ({ value: one.id, label: one.id === me ? say('nameYou', { name: one.name }) : one.name }))} onChange={(event) => setChosen(event.currentTarget.value)} />
      )}
      {found.isLoading && <Loading />}
      {found.isError && !found.data && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.data && (
        <>
          <Notice tone={found.data.works_now ? 'good' : 'info'}>
            {found.data.works_now ? say('worksNow') : say('worksNext', { when: moment(found.data.next_opening) })} {say('waitingKeep')}
          </Notice>
          <Week key={`${of}${JSON.stringify([found.data.week, found.data.days_off])}`} of={of} shown={found.data} />
          <Away of={of} shown={found.data} people={people.filter((one) => one.id !== of)} />
        </>
      )}
    </>
  );
}

function Week({ of, shown }: { of: string; shown: Shown }) {
  const [zone, setZone] = useState(shown.zone);
  const [holidays, setHolidays] = useState(shown.holidays ?? '');
  const [off, setOff] = useState(shown.days_off.join(', '));
  const [week, setWeek] = useState(() =>
    DAYS.map((_, day) => {
      const span = shown.week.find((one) => one.day === day);
      return { isOn: span !== undefined, start: span?.start ?? '09:00', end: span?.end ?? '17:00' };
    }),
  );
  const save = useSetHours(of);
  const set = (day: number, changes: Partial<(typeof week)[number]>) =>
    setWeek((now) => now.map((one, at) => (at === day ? { ...one, ...changes } : one)));
  // A second span of a day, which only the command line sets, stays as it is.
  const more = shown.week.filter((one, place) => shown.week.findIndex((other) => other.day === one.day) !== place);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const spans = week.flatMap(({ isOn, start, end }, day) => (isOn ? [{ day, start, end }] : []));
    const days = off.split(/[\s,]+/).filter(Boolean);
    save.mutate(
      { zone: zone.trim(), week: [...spans, ...more], holidays: holidays.trim() || null, days_off: days },
      { onSuccess: () => notifications.show({ message: say('hoursSaved') }) },
    );
  };
  return (
    <Part title={say('hours')}>
      <form className={`${parts.card} ${parts.form}`} onSubmit={submit} aria-label={say('hours')}>
        <div className={classes.week}>
          {week.map((one, day) => (
            <div key={DAYS[day]} className={classes.weekday}>
              <Checkbox size="xs" label={DAYS[day]} checked={one.isOn} onChange={(event) => set(day, { isOn: event.currentTarget.checked })} />
              {one.isOn && (
                <>
                  <TextInput size="xs" aria-label={say('dayFrom', { day: DAYS[day] ?? '' })} pattern="([01][0-9]|2[0-3]):[0-5][0-9]" required value={one.start} onChange={(event) => set(day, { start: event.currentTarget.value })} />
                  <TextInput size="xs" aria-label={say('dayTo', { day: DAYS[day] ?? '' })} pattern="([01][0-9]|2[0-3]):[0-5][0-9]|24:00" required value={one.end} onChange={(event) => set(day, { end: event.currentTarget.value })} />
                </>
              )}
            </div>
          ))}
        </div>
        <div className={parts.two}>
          <TextInput label={say('timeZone')} size="xs" required list={ZONES} value={zone} onChange={(event) => setZone(event.currentTarget.value)} />
          <TextInput label={say('notOnPublicHolidays')} placeholder={say('usOrDeBy')} size="xs" value={holidays} onChange={(event) => setHolidays(event.currentTarget.value)} />
        </div>
        <Zones />
        <TextInput label={say('daysOff')} placeholder="2026-12-24, 2026-12-31" size="xs" value={off} onChange={(event) => setOff(event.currentTarget.value)} />
        <Trouble error={save.error} />
        <div>
          <Button type="submit" loading={save.isPending}>
            {say('save')}
          </Button>
        </div>
      </form>
    </Part>
  );
}
