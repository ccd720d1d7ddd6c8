// The words of the palette; what follows `for` is searched and never shown.
import { catalogue } from '@/lib/texts/catalogue';

export const { say } = catalogue({
  toInbox: 'Go to the inbox',
  toReplies: 'Go to replies',
  forReplies: 'answers meaning class interested meeting',
  toOverview: 'Go to the overview',
  toCampaigns: 'Go to campaigns',
  toProspects: 'Go to prospects',
  toAgents: 'Go to agents',
  toSending: 'Go to sending',
  toTrace: 'Trace a mail',
  toAudit: 'Go to the audit log',
  toHalt: 'Halt sending, or let it go on',
  toScheme: 'Light or dark',
  keys: 'Keys',
  forOverview: 'reports funnel replies cost',
  forCampaigns: 'blueprint sequence experiments',
  forProspects: 'accounts contacts leads',
  forAgents: 'fleet roster runs steps replay tools budget schedule',
  forHalt: 'kill switch stop',
  doThis: 'Do',
  drafts: 'Drafts',
  oneDraft: '{who}, draft {number}, {state}',
  commands: 'Search and commands',
  searchOrSay: 'Search drafts, or say what to do',
  noMatch: 'Nothing has these words.',
});
