// One campaign: its steps, its rules with what speaks for them, its pace, and what came of it.
import { Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';

import { Problem } from '@/api/client';
import { useMay } from '@/api/me';
import { Failed } from '@/components/Failed';
import { Funnel } from '@/components/Funnel';
import { Loading } from '@/components/Loading';
import parts from '@/components/parts.module.css';
import { Part, Screen } from '@/components/Screen';

import classes from './campaigns.module.css';
import { Experiments } from './Experiments';
import { MoreMail } from './MoreMail';
import { useDesk, type Desk } from './queries';
import { RunNow } from './RunNow';
import { Steps } from './Steps';
import { Versions } from './Versions';

export function Campaign() {
  const { campaign } = useParams({ from: '/inside/campaigns/$campaign' });
  const found = useDesk(campaign);
  const desk = found.data;
  const mayRun = useMay('agents.run');
  return (
    <Screen title={desk?.campaign.name ?? 'Campaign'} about={desk ? about(desk) : ''} aside={desk && mayRun && <RunNow campaign={desk.campaign.id} />}
      above={
        <Link to="/campaigns" className={parts.back}>
          <IconArrowLeft size={14} aria-hidden /> Campaigns
        </Link>
      }
    >
      {found.isError && !desk && (
        <Failed error={found.error} {...(isGone(found.error) ? {} : { again: () => void found.refetch() })} />
      )}
      {found.isLoading && <Loading lines={12} />}
      {desk && <Body desk={desk} />}
    </Screen>
  );
}

/** What is not there does not come by asking again. */
const isGone = (error: unknown) => error instanceof Problem && error.status === 404;

function about({ campaign }: Desk): string {
  const against = campaign.competitor ? ` against ${campaign.competitor}` : '';
  return `${campaign.brand}${against} · ${campaign.status} · ${campaign.emails.toLocaleString('en')} past mails`;
}

function Body({ desk }: { desk: Desk }) {
  const { sequence, blueprint } = desk;
  const mayWrite = useMay('campaigns.write');
  return (
    <>
      <Part
        title="Sequence"
        aside={`version ${sequence.version}${sequence.note ? `: ${sequence.note}` : ''}`}
        act={
          mayWrite && (
            <Button
              variant="default"
              component={Link}
              to="/campaigns/$campaign/sequence"
              params={{ campaign: desk.campaign.id } as never}
            >
              Edit
            </Button>
          )
        }
      >
        <Steps steps={sequence.steps} />
      </Part>
      <div className={classes.three}>
        <Part title="What came of it">
          <div className={classes.card}>
            <Funnel funnel={desk.funnel} />
          </div>
        </Part>
        <Part title="Pace" aside="calls and colleagues count too">
          <ul className={classes.pace}>
            {desk.pacing.map((line) => (
              <li key={line.text}>
                {line.text}
                {line.is_own && <span className={classes.badge}>set here</span>}
              </li>
            ))}
          </ul>
        </Part>
        <Part title="People">
          <People people={desk.people} />
        </Part>
      </div>
      <Experiments campaign={desk.campaign.id} />
      <Part
        title="Blueprint"
        aside={blueprint ? `version ${blueprint.version}, how good mail is built here` : ''}
        act={
          mayWrite && <MoreMail campaign={desk.campaign.id} competitor={desk.campaign.competitor} />
        }
      >
        {blueprint ? (
          <Versions campaign={desk.campaign.id} />
        ) : (
          <p className={classes.none}>There is no blueprint yet: give the campaign past mail.</p>
        )}
      </Part>
    </>
  );
}

const STANDINGS = [
  ['active', 'in the sequence'],
  ['paused', 'paused'],
  ['finished', 'through it'],
  ['stopped', 'stopped, e.g. by an answer'],
] as const;

function People({ people }: { people: Desk['people'] }) {
  return (
    <dl className={classes.people}>
      {STANDINGS.map(([status, words]) => (
        <div key={status}>
          <dt>{words}</dt>
          <dd>{(people[status] ?? 0).toLocaleString('en')}</dd>
        </div>
      ))}
    </dl>
  );
}
