// Each mailbox: how many mails left today of how many that may, and how receivers take them.
import classes from './sending.module.css';
import type { Box } from './queries';

const BANDS: Readonly<Record<string, string>> = {
  good: 'good',
  watch: 'warn',
  slow: 'warn',
  pause: 'bad',
  stop: 'bad',
};

export function Boxes({ boxes }: { boxes: readonly Box[] }) {
  return (
    <ul className={classes.boxes}>
      {boxes.map((box) => (
        <li key={box.address} className={classes.box}>
          <div className={classes.first}>
            <strong>{box.address}</strong>
            <span className={classes.band} data-band={BANDS[box.band] ?? 'warn'}>
              {box.status === 'active' ? box.band : box.status}
            </span>
          </div>
          <p className={classes.by}>
            {box.name}, by {box.transport}, days of {box.zone.split('/').at(-1)?.replaceAll('_', ' ')}
          </p>
          <div className={classes.track} aria-hidden="true">
            <span style={{ width: `${box.cap > 0 ? Math.min(100, (box.used / box.cap) * 100) : 0}%` }} />
          </div>
          <p className={classes.count}>
            {box.used} of {box.cap} today
            {box.cap < box.daily_cap && (
              <span className="quiet">, {box.daily_cap} when it is warm and well</span>
            )}
          </p>
          {box.reason && <p className={classes.reason}>{box.reason}</p>}
        </li>
      ))}
    </ul>
  );
}
