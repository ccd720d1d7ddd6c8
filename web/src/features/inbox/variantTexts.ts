// The words of the dialog in which other mails for a draft are compared.
import { catalogue } from '@/lib/texts/catalogue';

export const { say } = catalogue({
  title: 'Other mails for {name}',
  about:
    'Each is written anew from another angle, on the same facts. The one you choose takes the draft’s place, is checked again, and waits for its own approval.',
  howMany: 'How many',
  write: { one: 'Write {count} more', other: 'Write {count} more' },
  writing: 'Writing other mails',
  fewer: { one: 'The writer had {made} of 1: another angle would repeat what is here.', other: 'The writer had {made} of {count}: every other angle would repeat what is here.' },
  interrupted: 'The writing was interrupted. Ask again: what is here stays.',
  noMore: 'There are as many as there may be. Choose one, or send the draft back with a note.',
  none: 'There is no other mail yet.',

  now: 'The draft',
  variant: 'Variant {number}',
  angle: 'Angle: {angle}',
  why: 'Why so',
  unmet: 'What it leaves out',
  checksGreen: 'All {count} checks are green',
  checksBlock: '{count} to mend before it can be approved',
  checksWarn: '{count} to look at',
  words: { one: '{count} word', other: '{count} words' },
  wordsAndCost: '{words} · {cost}',
  choose: 'Choose this one',
  wasChosen: 'Chosen',
  close: 'Keep the draft',
});
