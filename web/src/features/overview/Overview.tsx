// How it goes: who answered well first, then how that came about, what it cost, how mail is received.
import { useNavigate, useSearch } from '@tanstack/react-router';

import { Failed } from '@/components/Failed';
import { Funnel } from '@/components/Funnel';
import { Loading } from '@/components/Loading';
import { Part, Screen } from '@/components/Screen';

import { Approvals } from './Approvals';
import { Cost } from './Cost';
import { Deliverability } from './Deliverability';
import classes from './overview.module.css';
import { useOverview, type Overview as Found } from './queries';
import { Replies } from './Replies';
import { Weeks } from './Weeks';

const PERIODS = [
  [7, '7 days'],
  [30, '30 days'],
  [90, '90 days'],
  [undefined, 'All'],
] as const;

export function Overview() {
  const { days } = useSearch({ from: '/inside/overview' });
  const found = useOverview(days);
  return (
    <Screen title="Overview" about="Good answers first; all else is the way to them.">
      <Periods days={days} />
      {found.isLoading && <Loading lines={12} />}
      {found.isError && !found.data && (
        <Failed error={found.error} again={() => void found.refetch()} />
      )}
      {found.data && <Body found={found.data} />}
    </Screen>
  );
}

function Periods({ days }: { days: number | undefined }) {
  const navigate = useNavigate();
  return (
    <div className={classes.periods} role="group" aria-label="Since when">
      {PERIODS.map(([value, name]) => (
        <button
          key={name}
          type="button"
          className={classes.period}
          aria-pressed={days === value}
          onClick={() =>
            void navigate({ to: '/overview', search: value ? { days: value } : {}, replace: true })
          }
        >
          {name}
        </button>
      ))}
    </div>
  );
}

function Body({ found }: { found: Found }) {
  return (
    <>
      <Replies replies={found.replies} sent={found.funnel.sent} />
      <div className={classes.two}>
        <Part title="From draft to answer" aside="each mail once">
          <div className={classes.card}>
            <Funnel funnel={found.funnel} />
          </div>
        </Part>
        <Part title="Approvals" aside="what people decided">
          <Approvals approvals={found.approvals} />
        </Part>
      </div>
      <Part title="Week by week" aside="mails by the week they were sent in, UTC">
        <Weeks weeks={found.weeks} />
      </Part>
      <div className={classes.two}>
        <Part title="Deliverability" aside="how receivers take our mail">
          <Deliverability health={found.deliverability} />
        </Part>
        <Part title="Cost" aside="of agents, in US dollars">
          <Cost cost={found.cost} />
        </Part>
      </div>
    </>
  );
}
