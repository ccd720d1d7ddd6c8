// What stands behind the question mark of an address: read, and nothing strange let through.
export type ShelfName = 'waiting' | 'aside' | 'decided';

export interface InboxSearch {
  shelf?: ShelfName;
  q?: string;
}

export function inboxSearch(found: Record<string, unknown>): InboxSearch {
  const { shelf, q } = found;
  return {
    ...(shelf === 'aside' || shelf === 'decided' ? { shelf } : {}),
    ...(typeof q === 'string' && q ? { q } : {}),
  };
}

export const repliesSearch = (found: Record<string, unknown>): { shelf?: 'all' } =>
  found.shelf === 'all' ? { shelf: 'all' } : {};

type TaskKind = 'linkedin' | 'call' | 'sms' | 'answer';
const TASK_KINDS: readonly unknown[] = ['linkedin', 'call', 'sms', 'answer'];

export const tasksSearch = (found: Record<string, unknown>): { shelf?: 'over'; kind?: TaskKind; mine?: true } => ({
  ...(found.shelf === 'over' ? { shelf: 'over' } : {}),
  ...(TASK_KINDS.includes(found.kind) ? { kind: found.kind as TaskKind } : {}),
  ...(found.mine === true ? { mine: true } : {}),
});

type AccountStatus = 'new' | 'researched' | 'sequenced' | 'exhausted';
const ACCOUNT_STATUSES: readonly unknown[] = ['new', 'researched', 'sequenced', 'exhausted'];

export const prospectsSearch = (found: Record<string, unknown>): { status?: AccountStatus; q?: string } => ({
  ...(ACCOUNT_STATUSES.includes(found.status) ? { status: found.status as AccountStatus } : {}),
  ...(typeof found.q === 'string' && found.q ? { q: found.q } : {}),
});

export const withToken = (found: Record<string, unknown>): { token?: string } =>
  typeof found.token === 'string' && found.token ? { token: found.token } : {};

type RunState = 'running' | 'completed' | 'failed' | 'skipped';
const RUN_STATES: readonly unknown[] = ['running', 'completed', 'failed', 'skipped'];

export const runsSearch = (found: Record<string, unknown>): { agent?: string; status?: RunState } => ({
  ...(typeof found.agent === 'string' && found.agent ? { agent: found.agent } : {}),
  ...(RUN_STATES.includes(found.status) ? { status: found.status as RunState } : {}),
});
