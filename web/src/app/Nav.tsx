// Where one can go, each by what one may read.
import {
  IconChartHistogram,
  IconCheckbox,
  IconInbox,
  IconListCheck,
  IconMessages,
  IconRoute,
  IconSend,
  IconSettings,
  IconShieldCheck,
  IconSpeakerphone,
  IconRobot,
  IconUsers,
} from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

import { useMe } from '@/api/me';
import { Mark } from '@/components/Mark';
import { counted, useWaiting } from '@/features/inbox/queries/list';
import { useRepliesWaiting } from '@/features/replies/waiting';
import { useFirstSteps } from '@/features/start/queries';
import { useTasksWaiting } from '@/features/tasks/waiting';

import classes from './Shell.module.css';
import { say } from './texts';

const THERE = [
  { to: '/inbox', name: 'inbox', icon: IconInbox, needs: 'drafts.read' },
  { to: '/replies', name: 'replies', icon: IconMessages, needs: 'replies.read' },
  { to: '/tasks', name: 'tasks', icon: IconCheckbox, needs: 'tasks.read' },
  { to: '/overview', name: 'overview', icon: IconChartHistogram, needs: 'reports.read' },
  { to: '/campaigns', name: 'campaigns', icon: IconSpeakerphone, needs: 'campaigns.read' },
  { to: '/prospects', name: 'prospects', icon: IconUsers, needs: 'prospects.read' },
  { to: '/agents', name: 'agents', icon: IconRobot, needs: 'reports.read' },
  { to: '/sending', name: 'sending', icon: IconSend, needs: 'sending.read' },
  { to: '/trace', name: 'trace', icon: IconRoute, needs: 'trace.read' },
  { to: '/audit', name: 'audit', icon: IconShieldCheck, needs: 'audit.read' },
  { to: '/settings', name: 'settings', icon: IconSettings, needs: 'people.read' },
] as const;

export function Nav() {
  const steps = useFirstSteps().data;
  const permissions = useMe()?.permissions ?? [];
  const counts: Readonly<Record<string, number | undefined>> = {
    '/inbox': useWaiting(),
    '/replies': useRepliesWaiting(permissions.includes('replies.read')),
    '/tasks': useTasksWaiting(permissions.includes('tasks.read')),
  };
  const { pathname } = useLocation();
  const nav = useRef<HTMLElement>(null);
  // On a phone the names lie in one row that is longer than the screen.
  useEffect(() => {
    nav.current?.querySelector('[data-status="active"]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [pathname]);
  return (
    <nav ref={nav} className={classes.nav} aria-label={say('screens')}>
      <div className={classes.brand}>
        <Mark size={22} />
        {say('brand')}
      </div>
      {steps && !steps.is_done && (
        <Link to="/start" title={say('firstSteps')} className={classes.link}>
          <IconListCheck size={17} stroke={1.7} aria-hidden />
          {say('firstSteps')}
        </Link>
      )}
      {THERE.filter(({ needs }) => permissions.includes(needs)).map(({ to, name: key, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          title={say(key)}
          className={classes.link}
          activeOptions={{ includeSearch: false }}
        >
          <Icon size={17} stroke={1.7} aria-hidden />
          {say(key)}
          <Count of={counts[to]} isSaidWhenNone={to === '/inbox'} />
        </Link>
      ))}
    </nav>
  );
}

function Count({ of: count, isSaidWhenNone }: { of: number | undefined; isSaidWhenNone: boolean }) {
  if (count === undefined || (count === 0 && !isSaidWhenNone)) return null;
  return (
    <span className={classes.count} aria-label={say('wait', { count: counted(count) })}>
      {counted(count)}
    </span>
  );
}
