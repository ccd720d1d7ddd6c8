// The one way to the server: typed by its own description, errors as one plain sentence.
import createClient from 'openapi-fetch';

import type { components, paths } from './schema';
import { say } from './texts';

export type Schemas = components['schemas'];

const headers = { 'X-Outrider': '1' };

export const api = createClient<paths>({ baseUrl: '', headers });

/** What the server answered instead: `detail` is a sentence for people. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }

  get isConflict(): boolean {
    return this.status === 409;
  }

  /** What is not there does not come by asking again. */
  get isGone(): boolean {
    return this.status === 404;
  }

  get isSignedOut(): boolean {
    return this.status === 401;
  }
}

interface Answer<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response;
}

/** The data of an answer, or the problem that it tells. */
export async function ok<T>(asked: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await asked;
  } catch {
    throw new Problem(0, 'offline', say('noAnswer'));
  }
  if (answer.response.ok) return answer.data as T;
  throw problemOf(answer.response.status, answer.error);
}

function problemOf(status: number, said: unknown): Problem {
  const told = (typeof said === 'object' && said !== null ? said : {}) as {
    detail?: unknown;
    code?: unknown;
  };
  const detail = typeof told.detail === 'string' ? told.detail : say('answered', { status: String(status) });
  return new Problem(status, typeof told.code === 'string' ? told.code : 'unknown', detail);
}

/** The sentence of any error. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `again` of what failed: nothing where asking again would not help. */
export function again(found: { error: unknown; refetch: () => Promise<unknown> }): { again?: () => void } {
  if (found.error instanceof Problem && found.error.isGone) return {};
  return { again: () => void found.refetch() };
}
