// A step in one line, and whether a person should look at it.
import type { Step } from './queries/runs';
import { say, worded } from './texts';

const LONGEST = 140;

interface Part {
  text?: string;
  use?: string;
}

const short = (words: string) => (words.length > LONGEST ? `${words.slice(0, LONGEST).trimEnd()}…` : words);

function plain(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return JSON.stringify(value);
}

/** The few words that tell one call from the next. */
function gistOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null || value === undefined ? '' : String(value);
  const fields = Object.entries(value as Record<string, unknown>).filter(
    ([name, one]) => one !== null && one !== '' && !name.endsWith('_id') && name !== 'id',
  );
  return fields.map(([name, one]) => `${name.replaceAll('_', ' ')}: ${plain(one)}`).join(', ');
}

/** What our own verbs say of what they did; other tools say nothing of the kind. */
function toldBy(got: unknown): string {
  const actions = (got as { actions?: ReadonlyArray<{ text?: string }> } | null)?.actions;
  return Array.isArray(actions) ? actions.map((one: { text?: string }) => one.text ?? '').join('; ') : '';
}

/** Why a call was not made, as the gate said it. */
export function reasonOf(step: Step): string {
  if (step.error) return step.error;
  const got = step.got as { message?: unknown; reason?: unknown } | null;
  const said = got?.message ?? got?.reason;
  return typeof said === 'string' ? said : '';
}

/** What happened, in a line. */
export function lineOf(step: Step): string {
  if (step.kind === 'tool') return short(toldBy(step.got) || gistOf(step.asked));
  if (step.status !== 'done') return step.error ?? '';
  if (Array.isArray(step.got)) {
    const parts = step.got as readonly Part[];
    const uses = parts.flatMap((part) => (part.use ? [part.use] : []));
    if (uses.length > 0) return say('wants', { tools: uses.join(', ') });
    return short(parts.map((part) => part.text ?? '').join(' '));
  }
  const got = step.got as { subject?: unknown } | null;
  return short(typeof got?.subject === 'string' ? got.subject : gistOf(step.got));
}

/** Who was asked, or what was used. */
export function nameOf(step: Step): string {
  if (step.kind === 'tool') return step.name;
  if (step.model === 'offline') return say('thought', { model: say('offlineWriter') });
  return say('thought', { model: step.model ?? say('aModel') });
}

export type Trouble = 'waits' | 'refused' | 'failed' | 'open' | undefined;

export function troubleOf(step: Step): Trouble {
  if (step.outcome === 'pending_approval') return 'waits';
  if (step.refused_by) return 'refused';
  if (step.status === 'failed' || step.outcome === 'failed') return 'failed';
  return step.status === 'intended' ? 'open' : undefined;
}

export function badgeOf(step: Step): readonly [string, string] | undefined {
  const gate = step.refused_by ?? '';
  switch (troubleOf(step)) {
    case 'waits':
      return [say('waitsPerson'), 'warn'];
    case 'refused':
      return [say('refusedBy', { gate: worded(`gate_${gate}`, gate) }), 'warn'];
    case 'failed':
      return [say('failed'), 'bad'];
    case 'open':
      return [say('intended'), ''];
    default:
      return undefined;
  }
}
