// How it goes: who answered well first, then how that came about, what it cost, how mail is received.
import { useNavigate, useSearch } from '@tanstack/react-router';

import { Failed } from '@/components/Failed';
import { Funnel } from '@/components/Funnel';
import { Loading } from '@/components/Loading';
import { Part, Screen } from '@/components/Screen';
import { Shelves } from '@/components/Shelves';

import { Approvals } from './Approvals';
import { Cohorts } from './Cohorts';
import { Cost } from './Cost';
import { Deliverability } from './Deliverability';
import classes from './overview.module.css';
import { useOutcomes, useOverview, type Overview as Found } from './queries';
import { isKnown, Meanings, Replies } from './Replies';
import { Steps } from './Steps';
import { say } from './texts';
import { Weeks } from './Weeks';

const PERIODS = [7, 30, 90, undefined] as const;

export function Overview() {
  const { days } = useSearch({ from: '/inside/overview' });
  const found = useOverview(days);
  return (
    <Screen title={say('overview')} about={say('about')}>
      <Periods days={days} />
      {found.isLoading && <Loading lines={12} />}
      {found.isError && !found.data && (
        <Failed error={found.error} again={() => void found.refetch()} />
      )}
      {found.data && <Body found={found.data} days={days} />}
    </Screen>
  );
}

function Periods({ days }: { days: number | undefined }) {
  const navigate = useNavigate();
  return (
    <Shelves
      label={say('since')}
      className={classes.periods}
      names={PERIODS}
      chosen={days}
      choose={(value) => void navigate({ to: '/overview', search: value ? { days: value } : {}, replace: true })}
      on={(value) => (value ? say('days', { count: value }) : say('all'))}
    />
  );
}

function Body({ found, days }: { found: Found; days: number | undefined }) {
  return (
    <>
      <Replies replies={found.replies} sent={found.funnel.sent} />
      <div className={classes.two}>
        <Part title={say('funnel')} aside={say('funnelAbout')}>
          <div className={classes.card}>
            <Funnel funnel={found.funnel} />
          </div>
        </Part>
        <Part title={say('meanings')} aside={say('meaningsAbout')}>
          <Meanings replies={found.replies} />
        </Part>
      </div>
      <CameOf days={days} isKnown={isKnown(found.replies)} />
      <Part title={say('weeks')} aside={say('weeksAbout')}>
        <Weeks weeks={found.weeks} />
      </Part>
      <div className={classes.two}>
        <Part title={say('approvals')} aside={say('approvalsAbout')}>
          <Approvals approvals={found.approvals} />
        </Part>
        <Part title={say('cost')} aside={say('costAbout')}>
          <Cost cost={found.cost} />
        </Part>
      </div>
      <Part title={say('deliverability')} aside={say('deliverabilityAbout')}>
        <Deliverability health={found.deliverability} />
      </Part>
    </>
  );
}

/** What is counted by itself, so that the rest need not wait for it. */
function CameOf({ days, isKnown: isGoodKnown }: { days: number | undefined; isKnown: boolean }) {
  const found = useOutcomes(days);
  if (found.isError && !found.data) return <Failed error={found.error} again={() => void found.refetch()} />;
  return (
    <>
      <Part title={say('steps')} aside={say('stepsAbout')}>
        {found.data ? <Steps found={found.data} /> : <Loading lines={4} />}
      </Part>
      <Part title={say('cohorts')} aside={say('cohortsAbout')}>
        {found.data ? <Cohorts cohorts={found.data.cohorts} isKnown={isGoodKnown} /> : <Loading lines={4} />}
      </Part>
    </>
  );
}
