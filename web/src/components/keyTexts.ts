// What each key does.
import { catalogue } from '@/lib/texts/catalogue';

export const { say } = catalogue({
  keys: 'Keys',
  keysAbout: 'No key acts while you write or a dialog is open.',
  decide: 'Decide',
  key_A: 'Approve what is on the screen',
  key_E: 'Edit; the checks follow your words',
  key_R: 'Reject with a note; a new version comes',
  key_Z: 'Take the last approval back',
  key_S: 'Put aside until tomorrow',
  move: 'Move',
  key_J: 'Next draft',
  key_K: 'Draft before',
  key_X: 'Select',
  key_V: 'Next view of the mail',
  'key_/': 'Filter the list',
  key_Esc: 'Back, or clear the selection',
  anywhere: 'Anywhere',
  'key_Ctrl K': 'Search and commands',
  'key_Ctrl ↵': 'Save what you write',
  'key_?': 'This sheet',
});
