// The words of the trace.
import { catalogue } from '@/lib/texts/catalogue';

export const { say, told, has } = catalogue({
  trace: 'Trace',
  about: 'Why did this person get this mail? Who approved it, what exactly, and from where every word comes.',
  messageId: 'Message-ID',
  example: '<…@try-brand.example>',
  ask: 'Trace',
  giveOne: 'Give a Message-ID',
  whereItStands: 'Choose “Trace” beside a mail of the {outbox}. It also stands in the headers of every mail.',
  outbox: 'outbox',

  wasSent: 'It was sent',
  itIs: 'It is {status}',
  status_queued: 'queued',
  status_sending: 'being sent',
  status_deferred: 'waiting',
  status_failed: 'not sent: it failed',
  status_unknown: 'unknown: a person settles it',
  status_cancelled: 'not sent: it was cancelled',
  quoted: '“{subject}” to {contact}, {account}',
  from: 'From {mailbox}, by {transport}',
  itsAnswer: 'The answer was: {answer}',
  cameBack: 'Came back, {when}: {kind}, “{subject}”',
  kind_reply: 'a reply',
  kind_opt_out: 'a wish to stop',
  kind_auto_reply: 'an automatic answer',
  kind_bounce: 'it could not be delivered',
  kind_complaint: 'a complaint',
  kind_own: 'our own copy',
  kind_other: 'something else',

  noDecision: 'No decision is stored',
  mustNotBe: 'This must not be: nothing leaves without one.',
  approvedBy: '{who} approved it',
  aPolicy: 'A policy',
  timeLimit: 'The time limit',
  somebody: 'Somebody',
  same: 'What was approved is what was sent, to the letter.',
  notSame: 'What was sent is NOT what was approved.',
  hash: 'SHA-256 {hash}',

  written: { one: 'It was written in one version', other: 'It was written in {count} versions' },
  version: 'Version {number}',
  byWriter: '{version}, by {writer}',
  aPerson: 'a person',
  offline: 'the offline writer',
  decided: '{what} by {who}',
  did_approve: 'approved',
  did_reject: 'rejected',
  did_edit: 'edited',
  noted: '“{note}”',
  run: 'Run of the agent {agent}, {when}, {steps}, {about} about this account: {names}. Cost {cost}.',
  runNone: 'Run of the agent {agent}, {when}, {steps}, none about this account. Cost {cost}.',
  steps: { one: '1 step', other: '{count} steps' },
  blueprint: 'By version {version} of the blueprint.',

  evidence: 'What it rests on',
  noFact: 'The mail states no fact.',
  claim: '“{claim}”',
  source: '{kind}, from {source} ({url}), read {day}: “{quote}”',
  source_sec_10k: 'the annual report (10-K)',
  source_sec_10q: 'a quarterly report (10-Q)',
  source_sec_8k: 'a current report (8-K)',
  source_import: 'an imported list',
  factGone: 'Its fact is not stored any more.',

  proven: {
    one: '1 of {all} events is proven in the sealed log',
    other: '{count} of {all} events are proven in the sealed log',
  },
  notSealed: 'not sealed yet',
  leaf: 'leaf {number}',
});

/** The text for a word of the server; the word itself where there is none. */
export function worded(key: string, word: string): string {
  // Such a text has no hole.
  return has(key) ? say(key as 'trace') : word.replaceAll('_', ' ');
}
