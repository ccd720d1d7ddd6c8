// What a person wrote into the form of an agent, and what of it differs from what is set.
import { useState } from 'react';

import type { Agent, Change } from './queries/agents';

export type Field = Exclude<keyof Change, 'name'>;

export interface Words {
  tier: string;
  budget_usd: string;
  most_turns: string;
  schedule: string;
  timezone: string;
  prompt: string;
  task: string;
  hands_to: string;
  tools: readonly string[];
  is_scheduled: boolean;
  is_enabled: boolean;
}

const wordsOf = (agent: Agent): Words => ({
  tier: agent.tier,
  budget_usd: Number(agent.budget_usd).toFixed(2),
  most_turns: String(agent.most_turns),
  schedule: agent.schedule.join('\n'),
  timezone: agent.timezone,
  prompt: agent.prompt,
  task: agent.task,
  hands_to: agent.hands_to.join(', '),
  tools: agent.tools,
  is_scheduled: agent.is_scheduled,
  is_enabled: agent.is_enabled,
});

const lines = (words: string, by: RegExp) => words.split(by).map((one) => one.trim()).filter((one) => one !== '');

function wanted(words: Words, name: Field): Change {
  switch (name) {
    case 'schedule':
      return { schedule: lines(words.schedule, /\n/) };
    case 'hands_to':
      return { hands_to: lines(words.hands_to, /[,\n]/) };
    case 'most_turns':
      return { most_turns: Number(words.most_turns) };
    case 'tools':
      return { tools: [...words.tools] };
    case 'tier':
      return { tier: words.tier as 'mid' };
    case 'budget_usd':
    case 'timezone':
    case 'prompt':
    case 'task':
      return { [name]: words[name].trim() };
    default:
      return { [name]: words[name] };
  }
}

export function useWords(agent: Agent) {
  const before = wordsOf(agent);
  const [words, setWords] = useState(before);
  const changed = (Object.keys(words) as Array<keyof Words>).filter(
    (name) => String(words[name]) !== String(before[name]),
  );
  return {
    words,
    changed,
    set: <K extends keyof Words>(name: K, value: Words[K]) => setWords((now) => ({ ...now, [name]: value })),
    undo: () => setWords(before),
    body: (): Change => Object.assign({}, ...changed.map((name) => wanted(words, name))) as Change,
  };
}
