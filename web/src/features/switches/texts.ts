// The words of the kill switch that stand on every screen; those of its question are in `killTexts`.
import { catalogue } from '@/lib/texts/catalogue';

export const { say, told, has } = catalogue({
  halt: 'Halt',
  halted: 'Halted',
  stopAll: 'Stop all mail at once',
  notOpened: 'The switch could not be opened. In a terminal: outrider kill on',
  nothingLeaves: 'Nothing leaves this workspace',
  letGoOn: 'Let it go on…',
  see: 'See',
  andMore: ' · and {count} more',
  haltedBy: '{what} halted by {who} {ago}: {why}',
  scope_global: 'Every workspace',
  scope_workspace: 'This workspace',
  scope_campaign: 'campaign {name}',
  scope_mailbox: 'mailbox {name}',
  scope_agent: 'agent {name}',
  scope_tool: 'tool {name}',
});

/** What a switch halts. */
export function scopeOf(scope: string, name: string): string {
  const key = `scope_${scope}`;
  return has(key) ? say(key as 'scope_tool', { name }) : `${scope} ${name}`;
}
