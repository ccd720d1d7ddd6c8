// How a mailbox is received, as a colour.
export const BANDS: Readonly<Record<string, string>> = {
  good: 'good',
  watch: 'warn',
  slow: 'warn',
  pause: 'bad',
  stop: 'bad',
};
