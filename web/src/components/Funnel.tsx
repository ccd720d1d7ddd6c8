// How far mails came: each bar is of all that were written; what came back is a share of what was sent.
import type { Schemas } from '@/api/client';

import { Bars, percent } from './Bars';

export function Funnel({ funnel }: { funnel: Schemas['Funnel'] }) {
  const { written, approved, sent, answered, opted_out: optedOut, bounced } = funnel;
  const ofSent = (count: number) => (sent > 0 ? `${percent(count, sent)} of sent` : '');
  return (
    <Bars
      caption="From the draft to what came back"
      share="Share of the drafts, below sent: of the mails sent"
      bars={[
        { name: 'Drafted', count: written, of: written, note: '' },
        { name: 'Approved', count: approved, of: written },
        { name: 'Sent', count: sent, of: written },
        { name: 'Answered', count: answered, of: written, tone: 'good', note: ofSent(answered) },
        { name: 'Opted out', count: optedOut, of: written, tone: 'warn', note: ofSent(optedOut) },
        { name: 'Bounced', count: bounced, of: written, tone: 'bad', note: ofSent(bounced) },
      ]}
    />
  );
}
