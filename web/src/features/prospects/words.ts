// Names of things as people say them.
import { dated } from '@/lib/time';

import { worded } from './texts';

/** `fiscal_year_end` → `Fiscal year ends` */
export const kindOf = (name: string): string => worded(`kind_${name}`, plain(name));

/** `sec_10k` → `Annual report (10-K)` */
export const sourceOf = (name: string): string => worded(`source_${name}`, plain(name));

/** `some_word` → `Some word` */
export function plain(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value as people read it: money with its currency, people as a number. */
export function valueOf(value: string, unit: string | null): string {
  const number = Number(value);
  if (unit === 'MM-DD') {
    const date = new Date(`2000-${value.replace(/^--/, '')}T00:00:00Z`);
    return Number.isNaN(date.getTime())
      ? value
      : date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' });
  }
  if (unit === null || value.trim() === '' || Number.isNaN(number)) return dated(value);
  if (/^[A-Z]{3}$/.test(unit))
    return number.toLocaleString('en-US', {
      style: 'currency',
      currency: unit,
      maximumFractionDigits: 0,
    });
  return `${number.toLocaleString('en-US')} ${unit}`;
}
