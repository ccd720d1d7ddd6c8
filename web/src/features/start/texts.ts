// The words of the first steps.
import { catalogue } from '@/lib/texts/catalogue';

export const { say, told } = catalogue({
  firstSteps: 'First steps',
  firstStepsAbout: 'From an empty workspace to the first approved mail, in five steps.',
  done: '(done)',
  allDone: 'All done. From here on the {inbox} is where the day begins.',
  inbox: 'inbox',

  mailbox: 'Add a mailbox',
  mailboxAbout:
    'The address that mail is sent from. Until it names a server, mail stays in a folder here and nothing leaves.',
  mailboxLink: 'Add a mailbox',
  campaign: 'Give it past mail',
  campaignAbout:
    'Outrider learns from your own mail how good mail is built. 100 mails are plenty; none at all works with safe defaults.',
  campaignLink: 'Create a campaign',
  people: 'Bring a list of people',
  peopleAbout:
    'A CSV with addresses and companies. You see how it is read, and which rows would not go in, before anything is stored.',
  peopleLink: 'Import a list',
  drafts: 'Let the agent write',
  draftsAbout: 'It ranks the accounts, looks for evidence and proposes drafts. It cannot send or approve.',
  draftsLink: 'Open the campaign',
  decided: 'Decide',
  decidedAbout:
    'Read the first draft with its sources, then approve, edit or reject it. Only what a person approved can leave.',
  decidedLink: 'Open the inbox',
});
