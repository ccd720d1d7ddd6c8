// Everything that is set, in parts; who may not see a part does not find it.
import { Link, Navigate, useParams } from '@tanstack/react-router';

import { useMe } from '@/api/me';
import { Screen } from '@/components/Screen';
import parts from '@/components/parts.module.css';

import { Hours } from './Hours';
import { Installation } from './Installation';
import { Keys } from './Keys';
import { Login } from './Login';
import { People } from './People';
import { Policies } from './Policies';
import { Switches } from './Switches';

const PARTS = [
  { part: 'people', name: 'People', needs: 'people.read', Shown: People },
  { part: 'policies', name: 'Policies', needs: 'policies.read', Shown: Policies },
  { part: 'hours', name: 'Hours', needs: 'self', Shown: Hours },
  { part: 'halts', name: 'Kill switches', needs: 'switches.read', Shown: Switches },
  { part: 'keys', name: 'API keys', needs: 'keys.manage', Shown: Keys },
  { part: 'login', name: 'Your login', needs: 'self', Shown: Login },
  { part: 'installation', name: 'Installation', needs: 'settings.read', Shown: Installation },
] as const;

export function Settings() {
  const { part } = useParams({ strict: false });
  const permissions = useMe()?.permissions ?? [];
  const seen = PARTS.filter(({ needs }) => permissions.includes(needs));
  const here = seen.find((one) => one.part === part);
  const first = seen[0];
  if (!here) return first ? <Navigate to="/settings/$part" params={{ part: first.part }} replace /> : null;
  return (
    <Screen title="Settings" about="Who may what, what decides, and how this installation is set.">
      <nav className={parts.tabs} aria-label="Settings">
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
