// The words before somebody is in: signing in, setting up, joining, a new password.
import { catalogue } from '@/lib/texts/catalogue';

export const { say, told, has } = catalogue({
  signIn: 'Sign in',
  signInTo: 'Sign in to Outrider',
  motto: 'An agent proposes, you decide.',
  email: 'E-mail',
  password: 'Password',
  companySignIn: 'Sign in with your company',
  firstTime: 'First time here? Open the link that {command} printed in the terminal. It makes you the admin.',

  setUp: 'Set up',
  setUpOutrider: 'Set up Outrider',
  notWhole: 'This link is not whole',
  notWholeAbout: 'Open the whole link that {command} printed; it ends with a token.',
  youAreFirst: 'You are the first here. Every decision names a person, so say who you are.',
  yourName: 'Your name',
  becomeAdmin: 'Become the admin',
  worksOnce: 'This link works once, for 30 minutes. People whom you invite get links of their own.',

  invitation: 'Invitation',
  oneMoment: 'One moment',
  looking: 'Looking at your link.',
  deadLink: 'This link does not work',
  havePassword: 'I have a password already',
  join: 'Join',
  joinWorkspace: 'Join {workspace}',
  invitedAs: '{email} is invited as {role}.',
  forWhom: 'For {email}.',
  newPassword: 'New password',
  choosePassword: 'Choose a new password',
  setPassword: 'Set the password',
  companyJoin: 'Join with your company’s login',
  thenNone: 'Then you need no password here.',
  as_admin: 'an admin',
  as_operator: 'an operator',
  as_approver: 'an approver',
  as_compliance: 'compliance',
  as_viewer: 'a viewer',
  as_campaign_manager: 'a campaign manager',

  least: 'At least {count} characters; four words are a good one.',
  fewMore: '{left} more: at least {count} characters.',
  repeats: 'It repeats itself; use other signs.',
  ofYourName: 'It is made of your name; use other words.',
  goodEnough: 'Good enough; longer is better.',
  aGoodOne: 'A good one.',
  aStrongOne: 'A strong one.',
});

/** What is typed in a terminal is the same in every language. */
export const COMMAND = 'outrider up';

/** A role as it stands in a sentence. */
export function roleOf(role: string | null): string {
  const key = `as_${role ?? ''}`;
  return has(key) ? say(key as 'as_admin') : (role ?? '').replaceAll('_', ' ');
}
