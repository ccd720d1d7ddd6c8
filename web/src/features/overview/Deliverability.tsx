// Each mailbox with its band and the reason, and how many mails came back for good of late.
import { IconAlertTriangle } from '@tabler/icons-react';

import { percent } from '@/components/Bars';
import { Table } from '@/components/Screen';

import classes from './overview.module.css';
import type { Overview } from './queries';

const BANDS: Readonly<Record<string, string>> = { good: 'good', pause: 'bad', stop: 'bad' };

export function Deliverability({ health }: { health: Overview['deliverability'] }) {
  if (health.mailboxes.length === 0)
    return <p className={classes.none}>There is no mailbox yet.</p>;
  return (
    <>
      {health.stop && (
        <p className={classes.stop} role="status">
          <IconAlertTriangle size={15} aria-hidden />
          {health.stop}
        </p>
      )}
      <Table label="Mailboxes" head={['Mailbox', 'Band', 'Why']}>
        {health.mailboxes.map((box) => (
          <tr key={box.address}>
            <td className={classes.address}>{box.address}</td>
            <td>
              <span className={classes.band} data-band={BANDS[box.band] ?? 'warn'}>
                {box.band}
              </span>
            </td>
            <td className="quiet">{box.reason || 'Receivers take its mail'}</td>
          </tr>
        ))}
      </Table>
      <p className={classes.note}>
        Last seven days: {health.hard_bounces} of {health.sent} mails came back for good
        {health.sent > 0 && ` (${percent(health.hard_bounces, health.sent)})`}.
      </p>
    </>
  );
}
