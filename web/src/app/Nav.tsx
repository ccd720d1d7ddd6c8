// Where one can go, each by what one may read.
import {
  IconChartHistogram,
  IconInbox,
  IconListCheck,
  IconRoute,
  IconSend,
  IconSettings,
  IconShieldCheck,
  IconSpeakerphone,
  IconRobot,
  IconUsers,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';

import { useMe } from '@/api/me';
import { Mark } from '@/components/Mark';
import { counted, useWaiting } from '@/features/inbox/queries/list';
import { useFirstSteps } from '@/features/start/queries';

import classes from './Shell.module.css';

const THERE = [
  { to: '/inbox', name: 'Inbox', icon: IconInbox, needs: 'drafts.read' },
  { to: '/overview', name: 'Overview', icon: IconChartHistogram, needs: 'reports.read' },
  { to: '/campaigns', name: 'Campaigns', icon: IconSpeakerphone, needs: 'campaigns.read' },
  { to: '/prospects', name: 'Prospects', icon: IconUsers, needs: 'prospects.read' },
  { to: '/agents', name: 'Agents', icon: IconRobot, needs: 'reports.read' },
  { to: '/sending', name: 'Sending', icon: IconSend, needs: 'sending.read' },
  { to: '/trace', name: 'Trace', icon: IconRoute, needs: 'trace.read' },
  { to: '/audit', name: 'Audit', icon: IconShieldCheck, needs: 'audit.read' },
  { to: '/settings', name: 'Settings', icon: IconSettings, needs: 'people.read' },
] as const;

export function Nav() {
  const waiting = useWaiting();
  const steps = useFirstSteps().data;
  const permissions = useMe()?.permissions ?? [];
  return (
    <nav className={classes.nav} aria-label="Screens">
      <div className={classes.brand}>
        <Mark size={22} />
        Outrider
      </div>
      {steps && !steps.is_done && (
        <Link to="/start" title="First steps" className={classes.link}>
          <IconListCheck size={17} stroke={1.7} aria-hidden />
          First steps
        </Link>
      )}
      {THERE.filter(({ needs }) => permissions.includes(needs)).map(({ to, name, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          title={name}
          className={classes.link}
          activeOptions={{ includeSearch: false }}
        >
          <Icon size={17} stroke={1.7} aria-hidden />
          {name}
          {to === '/inbox' && waiting !== undefined && (
            <span className={classes.count} aria-label={`${counted(waiting)} wait`}>
              {counted(waiting)}
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}
