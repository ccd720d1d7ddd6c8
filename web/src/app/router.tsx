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
  beforeLoad: () => {
    throw redirect({ to: '/inbox' });
  },
});

export type ShelfName = 'waiting' | 'aside' | 'decided';

export interface InboxSearch {
  shelf?: ShelfName;
  q?: string;
}

function inboxSearch(found: Record<string, unknown>): InboxSearch {
  const { shelf, q } = found;
  return {
    ...(shelf === 'aside' || shelf === 'decided' ? { shelf } : {}),
    ...(typeof q === 'string' && q ? { q } : {}),
  };
}

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

type AccountStatus = 'new' | 'researched' | 'sequenced' | 'exhausted';
const ACCOUNT_STATUSES: readonly unknown[] = ['new', 'researched', 'sequenced', 'exhausted'];

const prospects = createRoute({
  getParentRoute: () => inside,
  path: '/prospects',
  component: lazyRouteComponent(() => import('@/features/prospects/Prospects'), 'Prospects'),
  validateSearch: (found: Record<string, unknown>): { status?: AccountStatus; q?: string } => ({
    ...(ACCOUNT_STATUSES.includes(found.status) ? { status: found.status as AccountStatus } : {}),
    ...(typeof found.q === 'string' && found.q ? { q: found.q } : {}),
  }),
});

const account = createRoute({
  getParentRoute: () => inside,
  path: '/prospects/$account',
  component: lazyRouteComponent(() => import('@/features/prospects/Account'), 'Account'),
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
    inside.addChildren([
      home,
      inbox,
      inboxItem,
      prospects,
      account,
      campaigns,
      campaign,
      overview,
      sending,
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
