// The words of the parts that every screen is made of.
import { catalogue } from '@/lib/texts/catalogue';

export const { say, told } = catalogue({
  loading: 'Loading',
  noConnection: 'No connection',
  notShown: 'This could not be shown',
  again: 'Try again',
  table: 'Table',

  name: 'Name',
  count: 'Count',
  share: 'Share',
  funnel: 'From the draft to what came back',
  funnelShare: 'Share of the drafts, below sent: of the mails sent',
  ofSent: '{share} of sent',
  drafted: 'Drafted',
  approved: 'Approved',
  sent: 'Sent',
  answered: 'Answered',
  optedOut: 'Opted out',
  bounced: 'Bounced',

  copy: 'Copy {name}',
  copied: '{name} is copied',
  dropMany: '{drop} or choose them',
  dropOne: '{drop} or choose one',
  filesHere: 'Drop files here',
  fileHere: 'Drop a file here',
  files: 'Files: {label}',
  ready: 'Ready',
  failed: 'Failed',
  shareOf: '{share} % of {size}',
  remove: 'Remove {name}',
  sending: 'Sending {name}',
  starting: 'Starting',
  doneOf: '{done} of {total}',
  goesOn: 'You can leave this page; it goes on.',
});
