// The words of a person's page.
import { catalogue } from '@/lib/texts/catalogue';

export const { say, has } = catalogue({
  person: 'Person',
  at: 'at {account}',
  zone: '{zone}, {time} there',
  contact: 'How to reach them',
  email: 'E-mail',
  phone: 'Phone',
  hasPhone: 'a number is kept; a task to call shows it',
  noPhone: 'no number is kept',
  source: 'Where the address came from',
  source_import: 'an imported list',
  where: 'Where they are',
  unknown: 'not known',
  mayWrite: 'May we write',

  campaigns: 'Campaigns',
  noCampaign: 'In no sequence.',

  texts: 'Text messages',
  noConsent: 'Nobody noted that this person agreed to text messages, so none is sent.',
  agreed: 'Agreed to text messages.',
  withdrawn: 'Wants no text messages since {day}.',
  proof: 'Proof',
  noted: 'Noted',
  notedOn: '{day}',
  notedBy: '{day}, by {who}',
  before: 'Had agreed',
  noteConsent: 'Note a consent…',
  noteAgain: 'Note a new consent…',
  withdraw: 'Note a withdrawal…',
  consentTitle: 'A consent to text messages',
  withdrawTitle: 'A wish for no more text messages',
  consentAbout: 'Only what the person said or wrote counts; a text message without it may be against the law.',
  withdrawAbout: 'Released text messages to this person do not leave. Mail is not touched by it.',
  proofLabel: 'Where and when the person said so',
  proofHint: 'What you would show if somebody asked: a form, a mail, a call with its day. It stands in the log.',
  proofExample: 'Web form of the lease webinar, 3 March 2026',
  keepConsent: 'Keep the consent',
  keepWithdrawal: 'Keep the withdrawal',
  cancel: 'Cancel',

  touches: 'Who was in touch',
  touchesNewest: 'the newest {count}',
  noTouch: 'Nobody was in touch yet.',
  note: 'Note a touch…',
  noteTitle: 'A colleague was in touch',
  noteAbout: 'Outrider then keeps quiet: towards this person for some days, towards the others of the account for a shorter time.',
  by: 'How',
  by_call: 'A call',
  by_meeting: 'A meeting',
  by_mail: 'A mail',
  by_message: 'A message',
  when: 'When',
  whenHint: 'In your own time. Leave it empty for now.',
  keepTouch: 'Note it',
});

/** The text for a word of the server; the word itself where there is none. */
export function worded(key: string, word: string): string {
  // Such a text has no hole.
  return has(key) ? say(key as 'person') : word;
}
