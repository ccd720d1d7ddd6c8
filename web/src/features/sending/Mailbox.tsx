// One mailbox: whether it can send, how much and when, what its keys need in DNS.
import { Button } from '@mantine/core';
import { IconArrowLeft, IconPlugConnected } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';

import { useMay } from '@/api/me';
import { Copied } from '@/components/Copied';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Notice, Trouble } from '@/components/Notice';
import { Part, Screen } from '@/components/Screen';
import parts from '@/components/parts.module.css';

import { Pace } from './Pace';
import { Pausing } from './Pausing';
import { BANDS } from './bands';
import { useMailbox, useTry, type Mailbox as Box } from './mailboxes';
import classes from './sending.module.css';

export function Mailbox() {
  const { address } = useParams({ from: '/inside/sending/mailboxes/$address' });
  const found = useMailbox(address);
  const box = found.data;
  const mayWrite = useMay('mailboxes.write');
  return (
    <Screen title={box?.address ?? 'Mailbox'} about={box ? `${box.name}, ${way(box)}` : ''} aside={box && mayWrite && <Pausing box={box} />}
      above={
        <Link to="/sending" className={parts.back}>
          <IconArrowLeft size={14} aria-hidden /> Sending
        </Link>
      }
    >
      {found.isLoading && <Loading lines={10} />}
      {found.isError && !box && <Failed error={found.error} />}
      {box && (
        <>
          <Health box={box} mayWrite={mayWrite} />
          <div className={classes.columns}>
            <Part title="How much, and when">
              <Pace key={`${box.pace}${box.daily_cap}`} box={box} mayWrite={mayWrite} />
            </Part>
            <Part title="What is set">
              <Facts box={box} />
            </Part>
          </div>
          <Part
            title="Keys in DNS"
            aside={box.dkim.length > 0 ? `DKIM, ${box.dkim.join(' and ')}` : 'no DKIM key here: its server must sign'}
            act={
              <Button component={Link} to="/sending/domains" variant="default">
                Domain doctor
              </Button>
            }
          >
            {box.records.length === 0 && <p className={parts.none}>No record is needed for a key of ours.</p>}
            {box.records.map((record) => (
              <div key={record.name} className={classes.record}>
                <p>
                  {record.name} <span className="quiet">{record.type}</span>
                </p>
                <Copied value={record.value} name={`the record of ${record.name}`} />
              </div>
            ))}
          </Part>
        </>
      )}
    </Screen>
  );
}

const way = (box: Box) =>
  box.transport === 'maildir' ? 'into a folder on this machine, nothing leaves' : `by ${box.server ?? box.transport}`;

function Health({ box, mayWrite }: { box: Box; mayWrite: boolean }) {
  const trial = useTry(box.address);
  return (
    <Part
      title="Can it send?"
      act={
        mayWrite && (
          <Button variant="default" leftSection={<IconPlugConnected size={14} />} loading={trial.isPending} onClick={() => trial.mutate()}>
            Test it
          </Button>
        )
      }
    >
      <div className={parts.card}>
        <p className={classes.standing}>
          <span className={parts.badge} data-tone={BANDS[box.band] ?? 'warn'}>
            {box.status === 'active' ? box.band : box.status}
          </span>
          {box.reason || 'Receivers take its mail well.'}
          {box.share < 1 && <span className="quiet">It may send {Math.round(box.share * 100)} % of its cap.</span>}
        </p>
        {trial.isError && <Trouble error={trial.error} />}
        {trial.data && <Notice tone={trial.data.can_send ? 'good' : 'bad'}>{trial.data.found}</Notice>}
        {!trial.data && !trial.isError && (
          <p className={classes.reason}>A test connects as the next mail would, logs in and hangs up; no mail is sent.</p>
        )}
      </div>
    </Part>
  );
}

function Facts({ box }: { box: Box }) {
  const lines: ReadonlyArray<readonly [string, string]> = [
    ['Signs as', box.name],
    ['Under the name', box.signature || 'name and brand'],
    ['Postal address', box.postal_address],
    ['Meetings', box.booking_link],
    ['Login', box.user ?? 'none'],
    ['Secret', box.secret ? `${box.secret} in the keys folder` : 'none'],
  ];
  return (
    <div className={parts.card}>
      <dl className={parts.facts}>
        {lines.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
