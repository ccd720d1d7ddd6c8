// Which tools an agent has; those that act outside can be taken from it, and never given to it here.
import { Checkbox } from '@mantine/core';
import type { ReactNode } from 'react';

import type { Agent } from './queries/agents';
import { useTools, type Tool } from './queries/tools';
import classes from './agents.module.css';
import { say } from './texts';

interface Props {
  agent: Agent;
  chosen: readonly string[];
  mark: ReactNode;
  choose?: (tools: readonly string[]) => void;
}

export function ToolChoice({ agent, chosen, mark, choose }: Props) {
  const every = useTools().data ?? [];
  const byName = new Map(every.map((one) => [one.name, one]));
  const offered = choose
    ? every.filter((one) => agent.tools.includes(one.name) || (one.effect !== 'outbound' && !one.is_foreign))
    : [];
  return (
    <div>
      <div className={classes.label}>{mark}</div>
      <ul className={classes.tools} aria-label={say('tools')}>
        {chosen.map((name) => (
          <li key={name} data-off={byName.get(name)?.is_configured === false || undefined} title={whyNot(byName.get(name))}>
            {name}
            {byName.get(name)?.is_configured === false && <small>{say('unconfigured')}</small>}
          </li>
        ))}
      </ul>
      {choose && (
        <details className={classes.more}>
          <summary>{say('chooseTools')}</summary>
          <div className={classes.choice}>
            {offered.map((one) => (
              <Checkbox
                key={one.name}
                size="xs"
                label={one.name}
                checked={chosen.includes(one.name)}
                onChange={(event) =>
                  choose(
                    event.currentTarget.checked
                      ? [...chosen, one.name]
                      : chosen.filter((name) => name !== one.name),
                  )
                }
              />
            ))}
          </div>
        </details>
      )}
    </div>
  );
}

function whyNot(tool: Tool | undefined): string | undefined {
  return tool && !tool.is_configured ? say('notReady', { why: tool.needs }) : undefined;
}
