// Everybody who works here: when each starts, what each may spend, how its last run ended.
import { IconRobot } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';

import { useMay } from '@/api/me';
import { Empty } from '@/components/Empty';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Notice } from '@/components/Notice';
import { Screen, Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { usd } from '@/lib/texts/format';
import { moment, relative, useNow } from '@/lib/time';

import classes from './agents.module.css';
import { Asked } from './Asked';
import { useRoster, type Agent } from './queries/agents';
import { Spending, Today } from './Spent';
import { Standing } from './Standing';
import { State } from './State';
import { Tabs } from './Tabs';
import { doesOf, say } from './texts';

export function Roster() {
  const found = useRoster();
  const roster = found.data;
  return (
    <Screen title={say('agents')} about={say('agentsAbout')}>
      <Tabs />
      <Calls />
      {found.isLoading && <Loading lines={12} />}
      {found.isError && !roster && <Failed error={found.error} again={() => void found.refetch()} />}
      {roster?.length === 0 && <Empty title={say('noAgents')} icon={<IconRobot size={22} />} />}
      {roster && roster.length > 0 && <Everybody roster={roster} />}
    </Screen>
  );
}

function Calls() {
  return useMay('runs.read') ? <Asked /> : null;
}

function Everybody({ roster }: { roster: readonly Agent[] }) {
  const now = useNow(30_000);
  const mayReadRuns = useMay('runs.read');
  return (
    <>
      {roster.every((one) => one.model === null) && <Notice>{say('noModelYet')}</Notice>}
      <Today roster={roster} />
      <Table
        label={say('agents')}
        head={[say('agent'), say('thinksWith'), say('nextStart'), say('perRun'), say('today'), say('lastRun')]}
        numbers={[say('perRun'), say('today')]}
      >
        {roster.map((one) => (
          <tr key={one.name} className={parts.row} data-off={!one.is_enabled || undefined}>
            <td>
              <span className={classes.who}>
                <Link to="/agents/$agent" params={{ agent: one.name }} className={parts.name}>
                  {one.name}
                </Link>
                <Standing agent={one} />
              </span>
              {doesOf(one.name) && <span className={parts.under}>{doesOf(one.name)}</span>}
              {one.overridden.length > 0 && (
                <span className={parts.under}>{say('changedFields', { count: one.overridden.length })}</span>
              )}
            </td>
            <td>
              {one.model ?? <span className="quiet">{say('noModelShort')}</span>}
              <span className={parts.under}>{one.tier}</span>
            </td>
            <td className={parts.when}>
              <NextStart agent={one} now={now} />
            </td>
            <td className="tabular">{usd(one.budget_usd)}</td>
            <td className="tabular">
              {usd(one.spent_today_usd)}
              {one.day_limit_usd !== null && (
                <Spending spent={Number(one.spent_today_usd)} limit={Number(one.day_limit_usd)} label={say('spentToday')} />
              )}
            </td>
            <td className={parts.when}>
              <LastRun agent={one} now={now} isLinked={mayReadRuns} />
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}

export function NextStart({ agent, now }: { agent: Agent; now: number }) {
  if (agent.next_at)
    return (
      <time dateTime={agent.next_at} title={moment(agent.next_at)}>
        {relative(agent.next_at, now)}
      </time>
    );
  return (
    <span className="quiet">
      {agent.schedule.length > 0 && !agent.is_scheduled ? say('scheduleOff') : say('onlyWhenAsked')}
    </span>
  );
}

function LastRun({ agent, now, isLinked }: { agent: Agent; now: number; isLinked: boolean }) {
  const run = agent.last_run;
  if (!run) return <span className="quiet">{say('never')}</span>;
  const when = relative(run.started_at, now);
  return (
    <>
      <State status={run.status} />{' '}
      {isLinked ? (
        <Link to="/agents/runs/$run" params={{ run: run.id }}>
          {when}
        </Link>
      ) : (
        when
      )}
    </>
  );
}
