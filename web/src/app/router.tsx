// Every address of the app. A screen that is not there has none.
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';

import { meQuery } from '@/api/me';
import { Problem } from '@/api/client';
import { Failed } from '@/components/Failed';
import { Inbox } from '@/features/inbox/Inbox';
import { startQuery } from '@/features/start/queries';

import { inboxSearch, prospectsSearch, runsSearch, withToken } from './search';
import { Shell } from './Shell';

interface Context {
  client: QueryClient;
}

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  errorComponent: ({ error }) => <Failed error={error} />,
  notFoundComponent: () => <Failed error={new Error('There is no such page.')} />,
});

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  component: lazyRouteComponent(() => import('@/features/access/Login'), 'Login'),
  validateSearch: (found: Record<string, unknown>): { next?: string } =>
    typeof found.next === 'string' ? { next: found.next } : {},
});

const setUp = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('@/features/access/SetUp'), 'SetUp'),
  validateSearch: withToken,
});

const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  component: lazyRouteComponent(() => import('@/features/access/Join'), 'Join'),
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

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: async ({ context }) => {
    const steps = await context.client.ensureQueryData(startQuery);
    throw redirect({ to: steps.is_done ? '/inbox' : '/start' });
  },
});

const start = createRoute({
  getParentRoute: () => inside,
  path: '/start',
  component: lazyRouteComponent(() => import('@/features/start/Start'), 'Start'),
});

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

const sending = createRoute({
  getParentRoute: () => inside,
  path: '/sending',
  component: lazyRouteComponent(() => import('@/features/sending/Sending'), 'Sending'),
});

const newMailbox = createRoute({
  getParentRoute: () => inside,
  path: '/sending/mailboxes/new',
  component: lazyRouteComponent(() => import('@/features/sending/NewMailbox'), 'NewMailbox'),
});

const mailbox = createRoute({
  getParentRoute: () => inside,
  path: '/sending/mailboxes/$address',
  component: lazyRouteComponent(() => import('@/features/sending/Mailbox'), 'Mailbox'),
});

const domains = createRoute({
  getParentRoute: () => inside,
  path: '/sending/domains',
  component: lazyRouteComponent(() => import('@/features/sending/Domains'), 'Domains'),
});

const tracing = createRoute({
  getParentRoute: () => inside,
  path: '/trace',
  component: lazyRouteComponent(() => import('@/features/trace/Trace'), 'Trace'),
  validateSearch: (found: Record<string, unknown>): { id?: string } =>
    typeof found.id === 'string' ? { id: found.id } : {},
});

const audit = createRoute({
  getParentRoute: () => inside,
  path: '/audit',
  component: lazyRouteComponent(() => import('@/features/audit/Audit'), 'Audit'),
});

const prospects = createRoute({
  getParentRoute: () => inside,
  path: '/prospects',
  component: lazyRouteComponent(() => import('@/features/prospects/Prospects'), 'Prospects'),
  validateSearch: prospectsSearch,
});

const account = createRoute({
  getParentRoute: () => inside,
  path: '/prospects/$account',
  component: lazyRouteComponent(() => import('@/features/prospects/Account'), 'Account'),
});

const importList = createRoute({
  getParentRoute: () => inside,
  path: '/prospects/import',
  component: lazyRouteComponent(() => import('@/features/prospects/Import'), 'Import'),
});

const suppressed = createRoute({
  getParentRoute: () => inside,
  path: '/prospects/suppressed',
  component: lazyRouteComponent(() => import('@/features/prospects/Suppressed'), 'Suppressed'),
});

const campaigns = createRoute({
  getParentRoute: () => inside,
  path: '/campaigns',
  component: lazyRouteComponent(() => import('@/features/campaigns/Campaigns'), 'Campaigns'),
});

const campaign = createRoute({
  getParentRoute: () => inside,
  path: '/campaigns/$campaign',
  component: lazyRouteComponent(() => import('@/features/campaigns/Campaign'), 'Campaign'),
});

const newCampaign = createRoute({
  getParentRoute: () => inside,
  path: '/campaigns/new',
  component: lazyRouteComponent(() => import('@/features/campaigns/NewCampaign'), 'NewCampaign'),
});

const sequence = createRoute({
  getParentRoute: () => inside,
  path: '/campaigns/$campaign/sequence',
  component: lazyRouteComponent(() => import('@/features/campaigns/Sequence'), 'Sequence'),
});

const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  component: lazyRouteComponent(() => import('@/features/settings/Settings'), 'Settings'),
});

const settingsPart = createRoute({
  getParentRoute: () => inside,
  path: '/settings/$part',
  component: lazyRouteComponent(() => import('@/features/settings/Settings'), 'Settings'),
});

const agents = createRoute({
  getParentRoute: () => inside,
  path: '/agents',
  component: lazyRouteComponent(() => import('@/features/agents/Roster'), 'Roster'),
});

const runs = createRoute({
  getParentRoute: () => inside,
  path: '/agents/runs',
  component: lazyRouteComponent(() => import('@/features/agents/Runs'), 'Runs'),
  validateSearch: runsSearch,
});

const run = createRoute({
  getParentRoute: () => inside,
  path: '/agents/runs/$run',
  component: lazyRouteComponent(() => import('@/features/agents/Run'), 'Run'),
});

const tools = createRoute({
  getParentRoute: () => inside,
  path: '/agents/tools',
  component: lazyRouteComponent(() => import('@/features/agents/Tools'), 'Tools'),
});

const agent = createRoute({
  getParentRoute: () => inside,
  path: '/agents/$agent',
  component: lazyRouteComponent(() => import('@/features/agents/Agent'), 'Agent'),
});

const overview = createRoute({
  getParentRoute: () => inside,
  path: '/overview',
  component: lazyRouteComponent(() => import('@/features/overview/Overview'), 'Overview'),
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
      prospects,
      importList,
      suppressed,
      account,
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
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
