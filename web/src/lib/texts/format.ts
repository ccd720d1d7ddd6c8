// Numbers and money as the language writes them. Instants are in `lib/time`.

/** The language of every text that ships. */
export const LOCALE = 'en';

const plain = new Intl.NumberFormat(LOCALE);
const cents = new Intl.NumberFormat(LOCALE, { style: 'currency', currency: 'USD' });
const fine = new Intl.NumberFormat(LOCALE, {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 4,
  maximumFractionDigits: 4,
});

/** `12,345` */
export const number = (value: number): string => plain.format(value);

/** `$4.00`; under ten cents `$0.0135`, for a request to a model costs so little. */
export function usd(value: string | number): string {
  const amount = Number(value);
  return (amount > 0 && amount < 0.1 ? fine : cents).format(amount);
}

const lasting = [
  [1000, 'ms'],
  [60, 's'],
  [60, 'min'],
  [Infinity, 'h'],
] as const;

/** `13 ms`, `1.2 s`, `4 min`: how long something took. */
export function duration(ms: number): string {
  let left = ms;
  for (const [size, unit] of lasting) {
    if (left < size)
      return `${new Intl.NumberFormat(LOCALE, {
        maximumFractionDigits: unit === 's' && left < 10 ? 1 : 0,
      }).format(left)} ${unit}`;
    left /= size;
  }
  return '';
}

const names = new Intl.ListFormat(LOCALE, { type: 'conjunction' });

/** `it did not arrive` → `It did not arrive.` */
export const sentence = (words: string): string =>
  `${words.charAt(0).toUpperCase()}${words.slice(1).replace(/\.$/, '')}.`;

/** `Kim Osei and Mia Lind` */
export const listed = (items: readonly string[]): string => names.format(items);
