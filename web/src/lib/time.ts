// Instants as people say them.
import { useEffect, useState } from 'react';

const UNITS: ReadonlyArray<readonly [number, string]> = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** `3 s`, `5 min`, `2 d`: the largest whole unit. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  for (const [size, name] of UNITS)
    if (seconds >= size) return `${Math.floor(seconds / size)} ${name}`;
  return '0 s';
}

/** `3 s ago`, `in 2 h`. */
export function relative(iso: string, now: number): string {
  const ms = new Date(iso).getTime() - now;
  if (Math.abs(ms) < 1500) return 'just now';
  return ms > 0 ? `in ${span(ms)}` : `${span(-ms)} ago`;
}

/** `Tue 3 Mar, 15:04`, in the reader's own time; with its year where that is not this one. */
export function moment(iso: string): string {
  const at = new Date(iso);
  return at.toLocaleString('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...(at.getFullYear() === new Date().getFullYear() ? {} : { year: 'numeric' }),
  });
}

/** `3 Mar 2026, 15:04:09`, where the order within a minute matters. */
export function instant(iso: string): string {
  return `${day(iso)}, ${new Date(iso).toLocaleTimeString('en-GB')}`;
}

/** `Tue 3 Mar, 09:15` as it stands in an ISO instant: the time of that place, not of the reader. */
export function wall(iso: string): string {
  return new Date(iso.slice(0, 19) + 'Z').toLocaleString('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  });
}

/** `09:15`: the time of day in another zone; nothing where the zone is not known. */
export function clockIn(zone: string | null, now: number): string {
  if (zone === null) return '';
  try {
    return new Date(now).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: zone });
  } catch {
    return '';
  }
}

const BARE_DAY = /^\d{4}-\d{2}-\d{2}$/;

/** `3 Mar 2026`. A day without a time is that day everywhere, also west of Greenwich. */
export function day(iso: string): string {
  return new Date(iso).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    ...(BARE_DAY.test(iso) ? { timeZone: 'UTC' } : {}),
  });
}

const ISO_DAY = /\b\d{4}-\d{2}-\d{2}\b/g;

/** A sentence of the server with its dates as people write them. */
export function dated(words: string): string {
  return words.replace(ISO_DAY, (iso) => (Number.isNaN(Date.parse(iso)) ? iso : day(iso)));
}

/** The present, renewed every so often. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
  return now;
}
