// Each mailbox: how many mails left today of how many that may, and how receivers take them.
import { Link } from '@tanstack/react-router';

import parts from '@/components/parts.module.css';

import { BANDS } from './bands';
import classes from './sending.module.css';
import type { Box } from './queries';
import { say } from './texts';
import { WAYS } from './wayOf';

export function Boxes({ boxes }: { boxes: readonly Box[] }) {
  return (
    <ul className={classes.boxes}>
      {boxes.map((box) => (
        <li key={box.address} className={parts.card}>
          <div className={classes.first}>
            <Link to="/sending/mailboxes/$address" params={{ address: box.address }} className={parts.name}>
              {box.address}
            </Link>
            <span className={parts.badge} data-tone={BANDS[box.band] ?? 'warn'}>
              {box.status === 'active' ? box.band : box.status}
            </span>
          </div>
          <p className={classes.by}>
            {say('boxLine', { name: box.name, way: wayNamed(box.transport), zone: box.zone.split('/').at(-1)?.replaceAll('_', ' ') ?? '' })}
          </p>
          <div className={`${parts.track} ${classes.room}`} aria-hidden="true">
            <span style={{ width: `${box.cap > 0 ? Math.min(100, (box.used / box.cap) * 100) : 0}%` }} />
          </div>
          <p className={classes.count}>
            {say('usedToday', { used: box.used, cap: box.cap })}
            {box.cap < box.daily_cap && (
              <span className="quiet">{say('whenWarm', { cap: box.daily_cap })}</span>
            )}
          </p>
          {box.reason && <p className={classes.reason}>{box.reason}</p>}
        </li>
      ))}
    </ul>
  );
}

const wayNamed = (transport: string): string =>
  transport === 'maildir'
    ? say('inFolder')
    : say('byWay', { way: WAYS.find((one) => one.value === transport)?.label ?? transport });
