// Each mailbox with its band and the reason, and how many mails came back for good of late.
import { percent } from '@/components/Bars';
import { Notice } from '@/components/Notice';
import parts from '@/components/parts.module.css';
import { Table } from '@/components/Screen';

import classes from './overview.module.css';
import type { Overview } from './queries';
import { say, worded } from './texts';

const BANDS: Readonly<Record<string, string>> = { good: 'good', pause: 'bad', stop: 'bad' };

export function Deliverability({ health }: { health: Overview['deliverability'] }) {
  if (health.mailboxes.length === 0) return <p className={classes.none}>{say('noMailbox')}</p>;
  const { sent: count, hard_bounces: bounced } = health;
  return (
    <>
      {health.stop && <Notice tone="bad">{health.stop}</Notice>}
      <Table label={say('mailboxes')} head={[say('mailbox'), say('band'), say('why')]}>
        {health.mailboxes.map((box) => (
          <tr key={box.address}>
            <td className={classes.address}>{box.address}</td>
            <td>
              <span className={parts.badge} data-tone={BANDS[box.band] ?? 'warn'}>
                {worded(`band_${box.band}`, box.band)}
              </span>
            </td>
            <td className="quiet">{box.reason || say('taken')}</td>
          </tr>
        ))}
      </Table>
      <p className={classes.note}>
        {count > 1
          ? say('hardBouncesShare', { bounced, count, share: percent(bounced, count) })
          : say('hardBounces', { bounced, count })}
      </p>
    </>
  );
}
