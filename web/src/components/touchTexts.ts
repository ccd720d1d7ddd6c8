// How a touch of a person is told, by whom and by which way.
import type { Schemas } from '@/api/client';
import { catalogue } from '@/lib/texts/catalogue';

const { say, has } = catalogue({
  touch_email_out: 'Mail from us',
  touch_email_in: 'Mail from them',
  touch_call_out: 'Call',
  touch_call_in: 'Call from them',
  touch_linkedin_out: 'LinkedIn',
  touch_linkedin_in: 'LinkedIn, from them',
  touch_sms_out: 'Text message',
  touch_sms_in: 'Text message from them',
  touch_crm_out: 'A colleague, as the CRM tells',
  touch_crm_in: 'As the CRM tells',
  colleague_call: 'A colleague’s call',
  colleague_meeting: 'A colleague’s meeting',
  colleague_mail: 'A colleague’s mail',
  colleague_message: 'A colleague’s message',
});

export function touchOf({ what, channel, direction }: Schemas['TouchShown']): string {
  const key = what ? `colleague_${what}` : `touch_${channel}_${direction}`;
  return has(key) ? say(key) : (what ?? channel);
}
