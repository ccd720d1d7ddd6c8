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

interface Step {
  done: (steps: Steps) => boolean;
  title: string;
  words: string;
  link: string;
  to: '/sending/mailboxes/new' | '/campaigns/new' | '/prospects/import' | '/campaigns' | '/inbox';
  needs: string;
}

const STEPS: readonly Step[] = [
  {
    done: (steps) => steps.mailbox,
    title: 'Add a mailbox',
    words: 'The address that mail is sent from. Until it names a server, mail stays in a folder here and nothing leaves.',
    link: 'Add a mailbox',
    to: '/sending/mailboxes/new',
    needs: 'mailboxes.write',
  },
  {
    done: (steps) => steps.campaign,
    title: 'Give it past mail',
    words: 'Outrider learns from your own mail how good mail is built. 100 mails are plenty; none at all works with safe defaults.',
    link: 'Create a campaign',
    to: '/campaigns/new',
    needs: 'campaigns.write',
  },
  {
    done: (steps) => steps.people,
    title: 'Bring a list of people',
    words: 'A CSV with addresses and companies. You see how it is read, and which rows would not go in, before anything is stored.',
    link: 'Import a list',
    to: '/prospects/import',
    needs: 'prospects.write',
  },
  {
    done: (steps) => steps.drafts,
    title: 'Let the agent write',
    words: 'It ranks the accounts, looks for evidence and proposes drafts. It cannot send or approve.',
    link: 'Open the campaign',
    to: '/campaigns',
    needs: 'agents.run',
  },
  {
    done: (steps) => steps.decided,
    title: 'Decide',
    words: 'Read the first draft with its sources, then approve, edit or reject it. Only what a person approved can leave.',
    link: 'Open the inbox',
    to: '/inbox',
    needs: 'drafts.decide',
  },
];

export function Start() {
  const found = useFirstSteps();
  const steps = found.data;
  return (
    <Screen title="First steps" about="From an empty workspace to the first approved mail, in five steps.">
      {found.isLoading && <Loading lines={8} />}
      {found.isError && !steps && <Failed error={found.error} again={() => void found.refetch()} />}
      {steps && <List steps={steps} />}
    </Screen>
  );
}

function List({ steps }: { steps: Steps }) {
  const permissions = useMe()?.permissions ?? [];
  const next = STEPS.findIndex((step) => !step.done(steps));
  return (
    <>
      <ol className={classes.steps}>
        {STEPS.map((step, place) => {
          const isDone = step.done(steps);
          return (
            <li key={step.title} className={classes.step} data-done={isDone || undefined} data-next={place === next || undefined}>
              <span className={classes.number} aria-hidden="true">
                {isDone ? <IconCheck size={16} stroke={2.4} /> : place + 1}
              </span>
              <div className={classes.words}>
                <h2>
                  {step.title}
                  {isDone && <span className="only-read-aloud"> (done)</span>}
                </h2>
                {!isDone && <p>{step.words}</p>}
              </div>
              {!isDone && permissions.includes(step.needs) && (
                <Button component={Link} to={step.to} size="sm" variant={place === next ? 'filled' : 'default'}>
                  {step.link}
                </Button>
              )}
            </li>
          );
        })}
      </ol>
      {steps.is_done && (
        <p className={classes.end}>
          All done. From here on the <Link to="/inbox">inbox</Link> is where the day begins.
        </p>
      )}
    </>
  );
}
