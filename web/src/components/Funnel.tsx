// How far mails came: each bar is of all that were written; what came back is a share of what was sent.
import type { Schemas } from '@/api/client';

import { Bars, percent } from './Bars';
import { say } from './texts';

export function Funnel({ funnel }: { funnel: Schemas['Funnel'] }) {
  const { written, approved, sent, answered, opted_out: optedOut, bounced } = funnel;
  const ofSent = (count: number) => (sent > 0 ? say('ofSent', { share: percent(count, sent) }) : '');
  return (
    <Bars
      caption={say('funnel')}
      share={say('funnelShare')}
      bars={[
        { name: say('drafted'), count: written, of: written, note: '' },
        { name: say('approved'), count: approved, of: written },
        { name: say('sent'), count: sent, of: written },
        { name: say('answered'), count: answered, of: written, tone: 'good', note: ofSent(answered) },
        { name: say('optedOut'), count: optedOut, of: written, tone: 'warn', note: ofSent(optedOut) },
        { name: say('bounced'), count: bounced, of: written, tone: 'bad', note: ofSent(bounced) },
      ]}
    />
  );
}
