// Every address of the app. A screen that is not there has none.
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Link,
  Outlet,
  redirect,
  type RouteComponent,
} from '@tanstack/react-router';

import { meQuery } from '@/api/me';
import { Problem } from '@/api/client';
import { Failed } from '@/components/Failed';
import { Inbox } from '@/features/inbox/Inbox';
import { startQuery } from '@/features/start/queries';

import { screen } from './screen';
import { inboxSearch, prospectsSearch, repliesSearch, runsSearch, tasksSearch, withToken } from './search';
import { Shell } from './Shell';
import { say } from './texts';

interface Context {
  client: QueryClient;
}

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  errorComponent: ({ error }) => <Failed error={error} />,
  notFoundComponent: () => (
    <Failed error={new Error(say('noPage'))}>
      <Link to="/">{say('toStart')}</Link>
    </Failed>
  ),
});

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  component: screen(() => import('@/features/access/Login'), 'Login'),
  validateSearch: (found: Record<string, unknown>): { next?: string } =>
    typeof found.next === 'string' ? { next: found.next } : {},
});

const setUp = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: screen(() => import('@/features/access/SetUp'), 'SetUp'),
  validateSearch: withToken,
});

const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  component: screen(() => import('@/features/access/Join'), 'Join'),
  validateSearch: withToken,
});

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.client.ensureQueryData(meQuery);
    } catch (error) {
      if (error instanceof Problem && error.isSignedOut)
        throw redirect({ to: '/login', search: { next: location.pathname } });
      throw error;
    }
  },
});

/** A page inside the frame with nothing of its own but its address. */
const page = <const P extends string>(path: P, component: RouteComponent) =>
  createRoute({ getParentRoute: () => inside, path, component });

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: async ({ context }) => {
    const steps = await context.client.ensureQueryData(startQuery);
    throw redirect({ to: steps.is_done ? '/inbox' : '/start' });
  },
});

const start = page('/start', screen(() => import('@/features/start/Start'), 'Start'));

const inbox = createRoute({
  getParentRoute: () => inside,
  path: '/inbox',
  component: () => <Inbox />,
  validateSearch: inboxSearch,
});

const inboxItem = createRoute({
  getParentRoute: () => inside,
  path: '/inbox/$number',
  component: InboxAt,
  validateSearch: inboxSearch,
});

function InboxAt() {
  const { number } = inboxItem.useParams();
  return <Inbox number={Number(number)} />;
}

const replies = createRoute({
  getParentRoute: () => inside,
  path: '/replies',
  component: screen(() => import('@/features/replies/Replies'), 'Replies'),
  validateSearch: repliesSearch,
});

const replyAt = createRoute({
  getParentRoute: () => inside,
  path: '/replies/$reply',
  component: screen(() => import('@/features/replies/Replies'), 'Replies'),
  validateSearch: repliesSearch,
});

const tasks = createRoute({
  getParentRoute: () => inside,
  path: '/tasks',
  component: screen(() => import('@/features/tasks/Tasks'), 'Tasks'),
  validateSearch: tasksSearch,
});

const taskAt = createRoute({
  getParentRoute: () => inside,
  path: '/tasks/$task',
  component: screen(() => import('@/features/tasks/Tasks'), 'Tasks'),
  validateSearch: tasksSearch,
});

const sending = page('/sending', screen(() => import('@/features/sending/Sending'), 'Sending'));
const newMailbox = page('/sending/mailboxes/new', screen(() => import('@/features/sending/NewMailbox'), 'NewMailbox'));
const mailbox = page('/sending/mailboxes/$address', screen(() => import('@/features/sending/Mailbox'), 'Mailbox'));
const domains = page('/sending/domains', screen(() => import('@/features/sending/Domains'), 'Domains'));

const tracing = createRoute({
  getParentRoute: () => inside,
  path: '/trace',
  component: screen(() => import('@/features/trace/Trace'), 'Trace'),
  validateSearch: (found: Record<string, unknown>): { id?: string } =>
    typeof found.id === 'string' ? { id: found.id } : {},
});

const audit = page('/audit', screen(() => import('@/features/audit/Audit'), 'Audit'));

const prospects = createRoute({
  getParentRoute: () => inside,
  path: '/prospects',
  component: screen(() => import('@/features/prospects/Prospects'), 'Prospects'),
  validateSearch: prospectsSearch,
});

const account = page('/prospects/$account', screen(() => import('@/features/prospects/Account'), 'Account'));
const contact = page('/prospects/people/$contact', screen(() => import('@/features/prospects/Contact'), 'Contact'));
const importList = page('/prospects/import', screen(() => import('@/features/prospects/Import'), 'Import'));
const suppressed = page('/prospects/suppressed', screen(() => import('@/features/prospects/Suppressed'), 'Suppressed'));
const campaigns = page('/campaigns', screen(() => import('@/features/campaigns/Campaigns'), 'Campaigns'));
const campaign = page('/campaigns/$campaign', screen(() => import('@/features/campaigns/Campaign'), 'Campaign'));
const newCampaign = page('/campaigns/new', screen(() => import('@/features/campaigns/NewCampaign'), 'NewCampaign'));
const sequence = page('/campaigns/$campaign/sequence', screen(() => import('@/features/campaigns/Sequence'), 'Sequence'));
const settings = page('/settings', screen(() => import('@/features/settings/Settings'), 'Settings'));
const settingsPart = page('/settings/$part', screen(() => import('@/features/settings/Settings'), 'Settings'));
const agents = page('/agents', screen(() => import('@/features/agents/Roster'), 'Roster'));

const runs = createRoute({
  getParentRoute: () => inside,
  path: '/agents/runs',
  component: screen(() => import('@/features/agents/Runs'), 'Runs'),
  validateSearch: runsSearch,
});

const run = page('/agents/runs/$run', screen(() => import('@/features/agents/Run'), 'Run'));
const tools = page('/agents/tools', screen(() => import('@/features/agents/Tools'), 'Tools'));
const agent = page('/agents/$agent', screen(() => import('@/features/agents/Agent'), 'Agent'));

const overview = createRoute({
  getParentRoute: () => inside,
  path: '/overview',
  component: screen(() => import('@/features/overview/Overview'), 'Overview'),
  validateSearch: (found: Record<string, unknown>): { days?: number } =>
    typeof found.days === 'number' && found.days >= 1 && found.days <= 3650
      ? { days: Math.floor(found.days) }
      : {},
});

export const router = createRouter({
  routeTree: root.addChildren([
    login,
    setUp,
    join,
    inside.addChildren([
      home,
      start,
      inbox,
      inboxItem,
      replies,
      replyAt,
      tasks,
      taskAt,
      prospects,
      importList,
      suppressed,
      account,
      contact,
      campaigns,
      newCampaign,
      campaign,
      sequence,
      overview,
      sending,
      newMailbox,
      mailbox,
      domains,
      settings,
      settingsPart,
      agents,
      runs,
      run,
      tools,
      agent,
      tracing,
      audit,
    ]),
  ]),
  context: { client: undefined as unknown as QueryClient },
  defaultPreload: false,
  defaultErrorComponent: ({ error }) => <Failed error={error} again={() => window.location.reload()} />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
