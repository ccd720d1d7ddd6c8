// What receivers see of a domain, in the order in which they ask, with the record to copy.
import { Copied } from '@/components/Copied';
import parts from '@/components/parts.module.css';

import type { Finding } from './mailboxes';
import classes from './sending.module.css';
import { say } from './texts';

const HEALTH: Readonly<Record<string, readonly [string, string]>> = {
  ok: [say('well'), 'good'],
  look: [say('look'), 'warn'],
  broken: [say('broken'), 'bad'],
};

export function Findings({ findings }: { findings: readonly Finding[] }) {
  return (
    <ul className={classes.findings}>
      {findings.map((one) => {
        const [word, tone] = HEALTH[one.health] ?? [one.health, ''];
        return (
          <li key={`${one.part}-${one.found}`}>
            <span className={parts.badge} data-tone={tone}>
              {word}
            </span>
            <div>
              <strong>{one.part}</strong> {one.found}.
              {one.means && <p>{one.means}</p>}
              {one.do && <p>{one.do}</p>}
              {one.record && (
                <div className={classes.record}>
                  <p>
                    {one.record.name} <span className="quiet">{one.record.type}</span>
                  </p>
                  <Copied value={one.record.value} name={say('recordFor', { part: one.part })} />
                </div>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
