// One run: how it ended, what it took of its budget, what waits for a person, and every step.
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';

import { useMay } from '@/api/me';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Part, Screen } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { duration, usd } from '@/lib/texts/format';
import { moment } from '@/lib/time';

import classes from './agents.module.css';
import { Asked } from './Asked';
import { useRun, type Detail } from './queries/runs';
import { Replay } from './Replay';
import { outcomeOf } from './RunTable';
import { Spending } from './Spent';
import { State } from './State';
import { troubleOf } from './steps';
import { say, told } from './texts';
import { Trail } from './Trail';

export function Run() {
  const { run: id } = useParams({ from: '/inside/agents/runs/$run' });
  const found = useRun(id);
  const run = found.data;
  const mayReplay = useMay('agents.run');
  const took = run && (run.seconds === null ? say('stillRunning') : duration(run.seconds * 1000));
  return (
    <Screen
      title={run ? say('run', { agent: run.agent_name }) : say('runs')}
      about={run ? say('runOf', { when: moment(run.started_at), took: took ?? '' }) : ''}
      aside={run && <State status={run.status} />}
      above={
        <Link to="/agents/runs" className={parts.back}>
          <IconArrowLeft size={14} aria-hidden /> {say('backToRuns')}
        </Link>
      }
    >
      {found.isLoading && <Loading lines={14} />}
      {found.isError && !run && <Failed error={found.error} again={() => void found.refetch()} />}
      {run && (
        <>
          <Asked run={run.id} />
          <div className={classes.columns}>
            <Summary run={run} />
            <Took run={run} />
          </div>
          <Trail steps={run.trail} />
          {mayReplay && run.status !== 'running' && <Replay key={run.id} run={run} />}
        </>
      )}
    </Screen>
  );
}

function Summary({ run }: { run: Detail }) {
  const request = run.request as { task?: string; is_dry_run?: boolean };
  return (
    <Part title={say('summary')}>
      <div className={parts.card}>
        <p className={run.status === 'failed' ? classes.bad : classes.words}>{outcomeOf(run)}</p>
        <dl className={classes.fields}>
          <dt>{say('agent')}</dt>
          <dd>
            <Link to="/agents/$agent" params={{ agent: run.agent_name }}>
              {run.agent_name}
            </Link>
          </dd>
          <dt>{say('wasTold')}</dt>
          <dd>{request.task ?? say('standing')}</dd>
        </dl>
        {run.campaign_id && run.campaign && (
          <p>
            {told('forCampaign', {
              name: (
                <Link to="/campaigns/$campaign" params={{ campaign: run.campaign_id }}>
                  {run.campaign}
                </Link>
              ),
            })}
          </p>
        )}
        {request.is_dry_run && <p>{say('dryRun')}</p>}
        {run.met_run_id && (
          <p>
            {told('met', {
              run: (
                <Link to="/agents/runs/$run" params={{ run: run.met_run_id }}>
                  {say('otherRun')}
                </Link>
              ),
            })}
          </p>
        )}
      </div>
    </Part>
  );
}

function Took({ run }: { run: Detail }) {
  const budget = Number((run.spec as { budget_usd?: string } | null)?.budget_usd ?? 0);
  const asked = run.trail.filter((step) => step.kind === 'model').length;
  const refused = run.trail.filter((step) => troubleOf(step) === 'refused').length;
  return (
    <Part title={say('whatItTook')}>
      <div className={parts.card}>
        <p className={classes.sum}>
          {budget > 0 ? say('ofBudget', { cost: usd(run.cost_usd), budget: usd(budget) }) : usd(run.cost_usd)}
        </p>
        <Spending spent={Number(run.cost_usd)} limit={budget} label={say('budgetBar')} />
        <ul className={classes.counts}>
          <li>{say('requests', { count: asked })}</li>
          <li>{say('tokens', { count: run.tokens })}</li>
          <li>{say('uses', { count: run.trail.length - asked })}</li>
          <li>{refused > 0 ? say('refusedCount', { count: refused }) : say('noneRefused')}</li>
        </ul>
      </div>
    </Part>
  );
}
