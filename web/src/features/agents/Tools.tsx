// What agents can be given: what each tool does to the world, its bounds, and who has it.
import { Checkbox, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Screen, Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { duration, usd } from '@/lib/texts/format';

import classes from './agents.module.css';
import { useTools, type Tool } from './queries/tools';
import { Tabs } from './Tabs';
import { say, worded } from './texts';

const TONES: Readonly<Record<string, string>> = { outbound: 'bad', spend: 'warn', crm_write: 'warn' };

export function Tools() {
  const found = useTools();
  const [words, setWords] = useState('');
  const [onlyReady, setOnlyReady] = useState(false);
  const tools = (found.data ?? []).filter(
    (one) =>
      (!onlyReady || one.is_configured) &&
      `${one.name} ${one.description}`.toLowerCase().includes(words.trim().toLowerCase()),
  );
  return (
    <Screen title={say('tools')} about={say('toolsAbout')}>
      <Tabs />
      {found.isLoading && <Loading lines={12} />}
      {found.isError && !found.data && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.data && (
        <>
          <div className={`${classes.filters} ${classes.aligned}`}>
            <TextInput
              size="sm"
              aria-label={say('findTool')}
              placeholder={say('findTool')}
              leftSection={<IconSearch size={14} />}
              value={words}
              onChange={(event) => setWords(event.currentTarget.value)}
            />
            <Checkbox
              size="xs"
              label={say('onlyReady')}
              checked={onlyReady}
              onChange={(event) => setOnlyReady(event.currentTarget.checked)}
            />
          </div>
          {tools.length === 0 && <p className={parts.none}>{say('noToolsFit')}</p>}
          {tools.length > 0 && (
            <Table label={say('tools')} head={[say('tool'), say('effect'), say('state'), say('limits'), say('who')]}>
              {tools.map((one) => (
                <Row key={one.name} tool={one} />
              ))}
            </Table>
          )}
        </>
      )}
    </Screen>
  );
}

function Row({ tool }: { tool: Tool }) {
  const bounds = [
    say('timeout', { time: duration(tool.timeout_seconds * 1000) }),
    say('rate', { count: tool.per_minute }),
    ...(Number(tool.cost_usd) > 0 ? [say('costEach', { usd: usd(tool.cost_usd) })] : []),
    ...(tool.needs_person ? [say('needsPerson')] : []),
    ...(tool.is_blocked_in_dry_run ? [say('blockedDry')] : []),
  ];
  return (
    <tr className={parts.row}>
      <td className={classes.tool}>
        <strong>{tool.name}</strong>{' '}
        {tool.is_foreign && <span className={parts.badge}>{say('foreign')}</span>}
        <span className={parts.under}>{tool.description}</span>
      </td>
      <td>
        <span className={parts.badge} data-tone={TONES[tool.effect] ?? ''}>
          {worded(`effect_${tool.effect}`, tool.effect)}
        </span>
      </td>
      <td>
        {tool.is_configured ? (
          <span className={parts.badge} data-tone="good">
            {say('ready')}
          </span>
        ) : (
          <span className="quiet">{say('notReady', { why: tool.needs })}</span>
        )}
      </td>
      <td className={classes.bounds}>
        {bounds.map((one) => (
          <span key={one} className={parts.under}>
            {one}
          </span>
        ))}
      </td>
      <td className={classes.holders}>
        {tool.agents.length === 0 && <span className="quiet">{say('nobody')}</span>}
        {tool.agents.length > 3 ? (
          <details>
            <summary>{say('agentsCount', { count: tool.agents.length })}</summary>
            <Holders tool={tool} />
          </details>
        ) : (
          <Holders tool={tool} />
        )}
      </td>
    </tr>
  );
}

function Holders({ tool }: { tool: Tool }) {
  return tool.agents.map((name) => (
    <span key={name} className={classes.holder}>
      <Link to="/agents/$agent" params={{ agent: name }}>
        {name}
      </Link>
    </span>
  ));
}
