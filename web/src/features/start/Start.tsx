// The first steps of a new workspace, each ticked off by what is there; gone when all are done.
import { Button } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';

import { useMe } from '@/api/me';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Screen } from '@/components/Screen';

import { useFirstSteps, type Steps } from './queries';
import classes from './start.module.css';
import { say, told } from './texts';

interface Step {
  key: 'mailbox' | 'campaign' | 'people' | 'drafts' | 'decided';
  to: '/sending/mailboxes/new' | '/campaigns/new' | '/prospects/import' | '/campaigns' | '/inbox';
  needs: string;
}

const STEPS: readonly Step[] = [
  { key: 'mailbox', to: '/sending/mailboxes/new', needs: 'mailboxes.write' },
  { key: 'campaign', to: '/campaigns/new', needs: 'campaigns.write' },
  { key: 'people', to: '/prospects/import', needs: 'prospects.write' },
  { key: 'drafts', to: '/campaigns', needs: 'agents.run' },
  { key: 'decided', to: '/inbox', needs: 'drafts.decide' },
];

export function Start() {
  const found = useFirstSteps();
  const steps = found.data;
  return (
    <Screen title={say('firstSteps')} about={say('firstStepsAbout')}>
      {found.isLoading && <Loading lines={8} />}
      {found.isError && !steps && <Failed error={found.error} again={() => void found.refetch()} />}
      {steps && <List steps={steps} />}
    </Screen>
  );
}

function List({ steps }: { steps: Steps }) {
  const permissions = useMe()?.permissions ?? [];
  const next = STEPS.findIndex((step) => !steps[step.key]);
  return (
    <>
      <ol className={classes.steps}>
        {STEPS.map((step, place) => {
          const isDone = steps[step.key];
          return (
            <li key={step.key} className={classes.step} data-done={isDone || undefined} data-next={place === next || undefined}>
              <span className={classes.number} aria-hidden="true">
                {isDone ? <IconCheck size={16} stroke={2.4} /> : place + 1}
              </span>
              <div className={classes.words}>
                <h2>
                  {say(step.key)}
                  {isDone && <span className="only-read-aloud"> {say('done')}</span>}
                </h2>
                {!isDone && <p>{say(`${step.key}About`)}</p>}
              </div>
              {!isDone && permissions.includes(step.needs) && (
                <Button component={Link} to={step.to} size="sm" variant={place === next ? 'filled' : 'default'}>
                  {say(`${step.key}Link`)}
                </Button>
              )}
            </li>
          );
        })}
      </ol>
      {steps.is_done && (
        <p className={classes.end}>
          {told('allDone', { inbox: <Link to="/inbox">{say('inbox')}</Link> })}
        </p>
      )}
    </>
  );
}
