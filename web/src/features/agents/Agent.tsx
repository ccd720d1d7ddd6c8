// One agent: whether it works and when, what it may spend, what is set, what it did lately.
import { Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';

import { useMay } from '@/api/me';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Notice } from '@/components/Notice';
import { Part, Screen } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { usd } from '@/lib/texts/format';
import { moment, useNow } from '@/lib/time';

import { AgentForm } from './AgentForm';
import classes from './agents.module.css';
import { useAgent, type Agent as One } from './queries/agents';
import { useRuns } from './queries/runs';
import { NextStart } from './Roster';
import { RunNow } from './RunNow';
import { RunTable } from './RunTable';
import { Spending } from './Spent';
import { Standing } from './Standing';
import { say } from './texts';

export function Agent() {
  const { agent: name } = useParams({ from: '/inside/agents/$agent' });
  const found = useAgent(name);
  const agent = found.data;
  const mayRun = useMay('agents.run');
  const mayReadRuns = useMay('runs.read');
  return (
    <Screen title={name} about={agent ? say('tierAndModel', { tier: agent.tier, model: agent.model ?? say('noModel') }) : ''} aside={agent && mayRun && <RunNow agent={agent} />}
      above={
        <Link to="/agents" className={parts.back}>
          <IconArrowLeft size={14} aria-hidden /> {say('backToAgents')}
        </Link>
      }
    >
      {found.isLoading && <Loading lines={12} />}
      {found.isError && !agent && <Failed error={found.error} again={() => void found.refetch()} />}
      {agent && (
        <>
          {agent.halted && <Notice tone="bad">{agent.halted}</Notice>}
          <Now agent={agent} />
          {mayReadRuns && <ItsRuns name={name} />}
          <Part title={say('whatIsSet')} aside={agent.overridden.length > 0 ? say('changedFields', { count: agent.overridden.length }) : undefined}>
            <AgentForm key={agent.changed_at ?? ''} agent={agent} />
          </Part>
        </>
      )}
    </Screen>
  );
}

function Now({ agent }: { agent: One }) {
  const now = useNow(30_000);
  const limit = agent.day_limit_usd;
  const last = agent.last_run;
  return (
    <dl className={classes.figures}>
      <div className={parts.card}>
        <dt>{say('state')}</dt>
        <dd>
          <Standing agent={agent} />
        </dd>
      </div>
      <div className={parts.card}>
        <dt>{say('nextStart')}</dt>
        <dd>
          <NextStart agent={agent} now={now} />
          {agent.next_at && <span className={parts.under}>{moment(agent.next_at)}</span>}
        </dd>
      </div>
      <div className={parts.card}>
        <dt>{say('spentToday')}</dt>
        <dd>
          {limit === null ? usd(agent.spent_today_usd) : say('ofBudget', { cost: usd(agent.spent_today_usd), budget: usd(limit) })}
          {limit !== null && <Spending spent={Number(agent.spent_today_usd)} limit={Number(limit)} label={say('spentToday')} />}
        </dd>
      </div>
      <div className={parts.card}>
        <dt>{say('lastRun')}</dt>
        <dd>
          {last ? say('ofBudget', { cost: usd(last.cost_usd), budget: usd(agent.budget_usd) }) : say('never')}
          {last && <Spending spent={Number(last.cost_usd)} limit={Number(agent.budget_usd)} label={say('budgetBar')} />}
        </dd>
      </div>
    </dl>
  );
}

const FEW = 5;

function ItsRuns({ name }: { name: string }) {
  const found = useRuns({ agent: name }, FEW);
  const runs = found.runs.slice(0, FEW);
  return (
    <Part
      title={say('itsRuns')}
      act={
        found.hasNextPage && (
          <Button
            variant="default"
            renderRoot={(props) => <Link {...props} to="/agents/runs" search={{ agent: name }} />}
          >
            {say('allRuns')}
          </Button>
        )
      }
    >
      {found.isError && runs.length === 0 && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.data && runs.length === 0 && <p className={parts.none}>{say('noRuns')}</p>}
      {runs.length > 0 && <RunTable runs={runs} withAgent={false} />}
    </Part>
  );
}
