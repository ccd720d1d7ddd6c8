// The names of time zones, offered while one is typed: `<TextInput list={ZONES} />` beside `<Zones />`.
export const ZONES = 'time-zones';

const NAMES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC')];

export function Zones() {
  return (
    <datalist id={ZONES}>
      {NAMES.map((name) => (
        <option key={name} value={name} />
      ))}
    </datalist>
  );
}
