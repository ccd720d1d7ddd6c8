// Whether an agent works: off, halted, by its schedule or by hand.
import parts from '@/components/parts.module.css';

import type { Agent } from './queries/agents';
import { say } from './texts';

export function Standing({ agent }: { agent: Agent }) {
  const [word, tone] = !agent.is_enabled
    ? [say('off'), 'warn']
    : agent.halted
      ? [say('halted'), 'bad']
      : agent.is_scheduled && agent.schedule.length > 0
        ? [say('scheduled'), 'good']
        : [say('byHand'), ''];
  return (
    <span className={parts.badge} data-tone={tone} title={agent.halted ?? undefined}>
      {word}
    </span>
  );
}
