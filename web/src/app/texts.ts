// The words of the frame: navigation, palette, menu, how changes are heard.
import { catalogue } from '@/lib/texts/catalogue';

export const { say } = catalogue({
  brand: 'Outrider',
  screens: 'Screens',
  skip: 'Skip to the screen',
  close: 'Close',
  noPage: 'There is no such page.',
  toStart: 'Go to the first screen',
  workspace: 'Workspace',

  inbox: 'Inbox',
  replies: 'Replies',
  tasks: 'Tasks',
  overview: 'Overview',
  campaigns: 'Campaigns',
  prospects: 'Prospects',
  agents: 'Agents',
  sending: 'Sending',
  trace: 'Trace',
  audit: 'Audit',
  settings: 'Settings',
  firstSteps: 'First steps',
  wait: '{count} wait',

  search: 'Search or do…',
  yourMenu: '{initials}, {name}: your menu',
  light: 'Light',
  dark: 'Dark',
  auto: 'As the system',
  keys: 'Keys',
  signOut: 'Sign out',

  polling: 'Catching up',
  pollingAbout: 'Live updates are interrupted; the screen asks every 10 seconds.',
  offline: 'Offline',
  offlineAbout: 'Nothing can be decided until the connection is back.',
});
