// Everything that is set, in parts; who may not see a part does not find it.
import { Link, Navigate, useParams } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

import { useMe } from '@/api/me';
import { Screen } from '@/components/Screen';
import parts from '@/components/parts.module.css';

import { Hours } from './Hours';
import { Installation } from './Installation';
import { Keys } from './Keys';
import { Login } from './Login';
import { People } from './People';
import { Policies } from './Policies';
import { Privacy } from './Privacy';
import { Services } from './Services';
import { Switches } from './Switches';
import { say } from './texts';

const PARTS = [
  { part: 'people', name: say('partPeople'), needs: 'people.read', Shown: People },
  { part: 'policies', name: say('partPolicies'), needs: 'policies.read', Shown: Policies },
  { part: 'hours', name: say('partHours'), needs: 'self', Shown: Hours },
  { part: 'halts', name: say('partHalts'), needs: 'switches.read', Shown: Switches },
  { part: 'keys', name: say('partKeys'), needs: 'keys.manage', Shown: Keys },
  { part: 'login', name: say('partLogin'), needs: 'self', Shown: Login },
  { part: 'privacy', name: say('partPrivacy'), needs: 'privacy.read', Shown: Privacy },
  { part: 'services', name: say('partServices'), needs: 'settings.read', Shown: Services },
  { part: 'installation', name: say('partInstallation'), needs: 'settings.read', Shown: Installation },
] as const;

export function Settings() {
  const { part } = useParams({ strict: false });
  const permissions = useMe()?.permissions ?? [];
  const seen = PARTS.filter(({ needs }) => permissions.includes(needs));
  const here = seen.find((one) => one.part === part);
  const first = seen[0];
  const tabs = useRef<HTMLElement>(null);
  // On a phone they lie in one row that is longer than the screen.
  useEffect(() => {
    tabs.current?.querySelector('[data-status="active"]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [part]);
  if (!here) return first ? <Navigate to="/settings/$part" params={{ part: first.part }} replace /> : null;
  return (
    <Screen title={say('settings')} about={say('settingsAbout')}>
      <nav ref={tabs} className={parts.tabs} aria-label={say('settings')}>
        {seen.map((one) => (
          <Link key={one.part} to="/settings/$part" params={{ part: one.part }} className={parts.tab}>
            {one.name}
          </Link>
        ))}
      </nav>
      <here.Shown />
    </Screen>
  );
}
