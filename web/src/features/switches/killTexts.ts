// The words of the question behind the kill switch.
import { catalogue } from '@/lib/texts/catalogue';

export const { say } = catalogue({
  haltSending: 'Halt sending',
  isHalted: 'Sending is halted',
  everywhere: 'It was halted for every workspace; only the command line lifts that.',
  why: 'Why?',
  whyOn: 'Why may it go on?',
  inTheLog: 'It stands in the log with your name.',
  cancel: 'Cancel',
  letGoOn: 'Let it go on',
  haltAll: 'Halt everything',
  mayNotLift: 'Your role may not let it go on; ask a campaign manager or an admin.',
  mayNotHalt: 'Your role may not halt; ask a campaign manager or an admin.',
  waits: 'Approved mail waits and nothing is lost. Decisions can still be made.',
  fromNowOn:
    'No mail leaves this workspace from now on, also none that was approved. What is at the wire this second may still go.',
});
