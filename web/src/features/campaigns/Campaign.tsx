// One campaign: its steps, its rules with what speaks for them, its pace, and what came of it.
import { Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';

import { again } from '@/api/client';
import { useMay } from '@/api/me';
import { Failed } from '@/components/Failed';
import { Funnel } from '@/components/Funnel';
import { Loading } from '@/components/Loading';
import parts from '@/components/parts.module.css';
import { Part, Screen } from '@/components/Screen';
import { number } from '@/lib/texts/format';

import classes from './campaigns.module.css';
import { Experiments } from './Experiments';
import { MoreMail } from './MoreMail';
import { useDesk, type Desk } from './queries';
import { Revise } from './Revise';
import { RunNow } from './RunNow';
import { Steps } from './Steps';
import { Versions } from './Versions';
import { Writers } from './Writers';
import { say } from './texts';

export function Campaign() {
  const { campaign } = useParams({ from: '/inside/campaigns/$campaign' });
  const found = useDesk(campaign);
  const desk = found.data;
  const mayRun = useMay('agents.run');
  const mayWrite = useMay('campaigns.write');
  return (
    <Screen title={desk?.campaign.name ?? say('campaign')} about={desk ? about(desk) : ''} aside={
        desk && (
          <span className={parts.buttons}>
            {mayWrite && <Revise desk={desk} />}
            {mayRun && <RunNow campaign={desk.campaign.id} />}
          </span>
        )
      }

      above={
        <Link to="/campaigns" className={parts.back}>
          <IconArrowLeft size={14} aria-hidden />{' '}{say('campaigns')}
        </Link>
      }
    >
      {found.isError && !desk && (
        <Failed error={found.error} {...again(found)} />
      )}
      {found.isLoading && <Loading lines={12} />}
      {desk && <Body desk={desk} />}
    </Screen>
  );
}

function about({ campaign }: Desk): string {
  const counted = { brand: campaign.brand, status: campaign.status, count: campaign.emails };
  return campaign.competitor ? say('aboutAgainst', { ...counted, competitor: campaign.competitor }) : say('aboutAlone', counted);
}

function Body({ desk }: { desk: Desk }) {
  const { sequence, blueprint } = desk;
  const mayWrite = useMay('campaigns.write');
  return (
    <>
      <Part
        title={say('sequence')}
        aside={sequence.note ? say('versionNote', { version: sequence.version, note: sequence.note }) : say('versionIs', { version: sequence.version })}
        act={
          mayWrite && (
            <Button
              variant="default"
              component={Link}
              to="/campaigns/$campaign/sequence"
              params={{ campaign: desk.campaign.id } as never}
            >
              {say('edit')}
            </Button>
          )
        }
      >
        <Steps steps={sequence.steps} />
      </Part>
      <div className={classes.three}>
        <Part title={say('whatCame')}>
          <div className={classes.card}>
            <Funnel funnel={desk.funnel} />
          </div>
        </Part>
        <Part title={say('pace')} aside={say('callsColleaguesCountToo')}>
          <ul className={classes.pace}>
            {desk.pacing.map((line) => (
              <li key={line.text}>
                {line.text}
                {line.is_own && <span className={classes.badge}>{say('setHere')}</span>}
              </li>
            ))}
          </ul>
        </Part>
        <Part title={say('people')}>
          <People people={desk.people} />
        </Part>
      </div>
      <Writers campaign={desk.campaign.id} />
      <Experiments campaign={desk.campaign.id} />
      <Part
        title={say('blueprint')}
        aside={blueprint ? say('versionBuilt', { version: blueprint.version }) : ''}
        act={
          mayWrite && <MoreMail campaign={desk.campaign.id} competitor={desk.campaign.competitor} />
        }
      >
        {blueprint ? (
          <Versions campaign={desk.campaign.id} />
        ) : (
          <p className={classes.none}>{say('noBlueprint')}</p>
        )}
      </Part>
    </>
  );
}

const STANDINGS = [
  ['active', say('peopleActive')],
  ['paused', say('peoplePaused')],
  ['finished', say('peopleFinished')],
  ['stopped', say('peopleStopped')],
] as const;

function People({ people }: { people: Desk['people'] }) {
  return (
    <dl className={classes.people}>
      {STANDINGS.map(([status, words]) => (
        <div key={status}>
          <dt>{words}</dt>
          <dd>{number(people[status] ?? 0)}</dd>
        </div>
      ))}
    </dl>
  );
}
