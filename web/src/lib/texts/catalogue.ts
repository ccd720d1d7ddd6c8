// Words of a screen by key: typed holes, plurals by the language's own rules, one catalogue a feature.
import { createElement, Fragment, type ReactNode } from 'react';

import { LOCALE, number } from './format';

/** The forms of a text that counts; which one is taken, the language says. */
export interface Counted {
  zero?: string;
  one: string;
  two?: string;
  few?: string;
  many?: string;
  other: string;
}

export type Words = Readonly<Record<string, string | Counted>>;

/** What a translation has to hold: the same keys, counting where English counts. */
export type Translated<W extends Words> = { [K in keyof W]: W[K] extends string ? string : Counted };

type Names<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Holes<E> = E extends string ? Names<E> : E extends Counted ? 'count' | Names<E['other']> : never;
type Fill<E, V> = { [K in Holes<E>]: K extends 'count' ? (E extends string ? V : number) : V };
type Given<E, V> = [Holes<E>] extends [never] ? [] : [Fill<E, V>];

const rules = new Intl.PluralRules(LOCALE);

function formOf(entry: string | Counted, given: Readonly<Record<string, unknown>>): string {
  if (typeof entry === 'string') return entry;
  return entry[rules.select(Number(given.count))] ?? entry.other;
}

const HOLE = /\{(\w+)\}/;

function shown(value: unknown): string {
  return typeof value === 'number' ? number(value) : String(value);
}

/**
 * A feature's words. `say` gives a text; `told` gives nodes, where a hole holds a link or a name;
 * `has` asks for a key that is made of a word of the server.
 */
export function catalogue<const W extends Words>(words: W) {
  const say = <K extends keyof W & string>(key: K, ...given: Given<W[K], string | number>): string => {
    const values = (given[0] ?? {}) as Record<string, unknown>;
    const parts = formOf(words[key] as string | Counted, values).split(HOLE);
    return parts.map((part, place) => (place % 2 === 1 ? shown(values[part]) : part)).join('');
  };
  const told = <K extends keyof W & string>(key: K, ...given: Given<W[K], ReactNode>): ReactNode => {
    const values = (given[0] ?? {}) as Record<string, ReactNode>;
    const parts = formOf(words[key] as string | Counted, values).split(HOLE);
    return parts.map((part, place) => {
      const value = values[part];
      const node = place % 2 === 0 ? part : typeof value === 'number' ? number(value) : value;
      return createElement(Fragment, { key: place }, node);
    });
  };
  const has = (key: string): key is keyof W & string => Object.hasOwn(words, key);
  return { say, told, has };
}
