// One account: its score, the dossier with evidence, people, and everything that happened.
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';

import { again } from '@/api/client';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Part, Screen } from '@/components/Screen';

import { Dossier } from './Dossier';
import { Factors } from './Factors';
import { People } from './People';
import parts from '@/components/parts.module.css';

import classes from './account.module.css';
import { useAccount, type Account as Found } from './queries';
import { Timeline } from './Timeline';
import { say, worded } from './texts';

export function Account() {
  const { account } = useParams({ from: '/inside/prospects/$account' });
  const found = useAccount(account);
  const back = (
    <Link to="/prospects" className={parts.back}>
      <IconArrowLeft size={14} aria-hidden /> {say('prospects')}
    </Link>
  );
  if (found.isError)
    return (
      <Screen title={say('account')} about="" above={back}>
        <Failed error={found.error} {...again(found)} />
      </Screen>
    );
  if (!found.data)
    return (
      <Screen title={say('account')} about="" above={back}>
        <Loading lines={12} />
      </Screen>
    );
  return (
    <Screen title={found.data.name} about={about(found.data)} above={back}>
      <Body account={found.data} />
    </Screen>
  );
}

function about(account: Found): string {
  const parts = [
    account.domain,
    account.industry,
    account.country,
    account.employees === null ? null : say('employees', { count: account.employees }),
    account.ticker,
    worded(`status_${account.status}`, account.status),
  ];
  return parts.filter(Boolean).join(' · ');
}

function Body({ account }: { account: Found }) {
  const open = account.people.filter((person) => person.may_write).length;
  return (
    <div className={classes.two}>
      <div>
        <Part title={say('people')} aside={say('mayBeWritten', { open, all: account.people_in_all })}>
          <People people={account.people} />
        </Part>
        <Part
          title={say('whatWeKnow')}
          aside={
            account.facts_in_all > account.facts.length
              ? say('newestFacts', { shown: account.facts.length, all: account.facts_in_all })
              : say('factsCount', { count: account.facts_in_all })
          }
        >
          <Dossier facts={account.facts} />
        </Part>
      </div>
      <aside aria-label={say('side')}>
        <Part title={say('score')}>
          <Factors score={account.score} />
        </Part>
        <Part title={say('happened')} aside={account.timeline.length === account.most ? say('newest') : ''}>
          <Timeline events={account.timeline} />
        </Part>
      </aside>
    </div>
  );
}
