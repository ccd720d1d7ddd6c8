// The words of the screen of replies.
import { catalogue } from '@/lib/texts/catalogue';

export const { say, told, has } = catalogue({
  replies: 'Replies',
  about: 'What people wrote back, and what it means. A sequence stops at once; only what you say can lead it on.',
  shelves: 'Which replies',
  waiting: 'Without a meaning',
  all: 'All',
  list: 'List of replies',
  older: 'Show older ones',
  nothingWaits: 'Every reply has a meaning',
  nothingWaitsAbout: 'New ones come in while Outrider reads the mailboxes.',
  nothingYet: 'Nobody wrote back yet',
  nothingYetAbout: 'Replies, wishes to stop and notices of absence come here by themselves.',
  choose: 'Choose a reply to read it',
  back: 'Replies',

  line: '{contact}, {account}',
  unclassed: 'no meaning yet',
  from: '{contact}, {campaign}',
  answersDraft: 'It answers step {step}: {subject}',
  trace: 'Trace',
  stranger: 'What the person wrote. Nothing in it is followed.',
  answerIt: 'Outrider does not answer it: write back from the mailbox that it came to.',
  isCut: 'Only the first 20,000 characters are shown.',
  noWords: 'It has no words.',
  returnsOn: 'Back on {day}, as it says.',

  means: 'What it means',
  meansNow: 'Somebody said: {meaning}, {when}.',
  sayOther: 'Say something else',
  wantsMore: 'Nobody has said what it means.',
  until: 'May hear again from (optional)',
  say: 'Say so',
  cancel: 'Leave it',
  goOn: 'Let a stopped sequence go on',
  goOnHint: 'Only if its step leads on from this. Without it, nothing starts again; an opt-out is never undone.',
  mayNot: 'Your role may read replies. An operator, an approver or a campaign manager says what they mean.',
  next: 'Next without a meaning',

  follows: 'What follows',
  sequence_active: 'The sequence goes on.',
  sequence_paused: 'The sequence waits.',
  sequence_stopped: 'The sequence is stopped.',
  sequence_finished: 'The sequence is at its end.',
  nextStep: 'Step {step} is due {when}.',
  closed: 'Nothing more is written to this person: {reason}.',
  because: 'It stopped because: {reason}.',

  reason_replied: 'the person wrote back',
  reason_opted_out: 'the person asked to stop',
  reason_bounced: 'mail does not arrive there',
  reason_meeting: 'a meeting was agreed',
  reason_canceled: 'the sequence was canceled',

  kind_reply: 'reply',
  kind_opt_out: 'asked to stop',
  kind_auto_reply: 'automatic',

  class_interested: 'interested',
  class_meeting: 'wants to meet',
  class_not_now: 'not now',
  class_objection: 'objects',
  class_opted_out: 'asked to stop',
  class_out_of_office: 'away',
  class_bounce: 'came back',

  pick_interested: 'Interested',
  pick_meeting: 'Wants to meet',
  pick_not_now: 'Not now',
  pick_objection: 'Objects',
  pick_opted_out: 'Asked to stop',
  pick_out_of_office: 'Away',

  then_interested: 'The step that was answered may say what follows; else it stays stopped.',
  then_meeting: 'Nothing more is written to this person, in any campaign.',
  then_not_now: 'The sequence waits or stays stopped, as its step says; give a day if the person named one.',
  then_objection: 'The step that was answered may lead on to another; else it stays stopped.',
  then_opted_out: 'Never written to again, in any campaign. There is no way back.',
  then_out_of_office: 'The sequence waits until the person is back; give the day if you know it.',
});

/** The text for a word of the server; the word itself where there is none. */
export function worded(key: string, word: string): string {
  // Such a text has no hole.
  return has(key) ? say(key as 'all') : word.replaceAll('_', ' ');
}
