// Shares, spans and money as the overview shows them.
import { LOCALE } from '@/lib/texts/format';

/** `3.3 %`, from a share of 0 to 1. */
export function percentOf(share: number): string {
  const hundred = share * 100;
  return `${hundred > 0 && hundred < 10 ? hundred.toFixed(1) : Math.round(hundred)} %`;
}

const UNITS = [
  [90, 1, 's'],
  [5_400, 60, 'min'],
  [172_800, 3_600, 'h'],
  [Infinity, 86_400, 'd'],
] as const;

/** `8.5 s`, `12 min`, `3 h`: how long something took a person. */
export function lasting(seconds: number): string {
  const [, size, unit] = UNITS.find(([most]) => seconds < most) ?? UNITS[3];
  const plain = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: seconds < 10 ? 1 : 0 });
  return `${plain.format(seconds / size)} ${unit}`;
}

/** `$4.00`; below one dollar with four digits, for a draft costs so little. */
export function dollars(amount: string): string {
  const value = Number(amount);
  return new Intl.NumberFormat(LOCALE, {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: 2,
    maximumFractionDigits: value > 0 && value < 1 ? 4 : 2,
  }).format(value);
}
