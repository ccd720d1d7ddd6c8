// One mailbox: whether it can send, how much and when, what its keys need in DNS.
import { Button } from '@mantine/core';
import { IconArrowLeft, IconPlugConnected } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';

import { useMay } from '@/api/me';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Notice, Trouble } from '@/components/Notice';
import { Part, Screen } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { listed } from '@/lib/texts/format';

import { Dkim } from './Dkim';
import { HowItLeaves } from './HowItLeaves';
import { Identity } from './Identity';
import { Look } from './Look';
import { Pace } from './Pace';
import { Pausing } from './Pausing';
import { BANDS } from './bands';
import { useMailbox, useTry, type Mailbox as Box } from './mailboxes';
import classes from './sending.module.css';
import { say } from './texts';
import { WAYS } from './wayOf';

export function Mailbox() {
  const { address } = useParams({ from: '/inside/sending/mailboxes/$address' });
  const found = useMailbox(address);
  const box = found.data;
  const mayWrite = useMay('mailboxes.write');
  return (
    <Screen title={box?.address ?? say('mailbox')} about={box ? say('nameAndWay', { name: box.name, way: way(box) }) : ''} aside={box && mayWrite && <Pausing box={box} />}
      above={
        <Link to="/sending" className={parts.back}>
          <IconArrowLeft size={14} aria-hidden />{' '}{say('sending')}
        </Link>
      }
    >
      {found.isLoading && <Loading lines={10} />}
      {found.isError && !box && <Failed error={found.error} />}
      {box && (
        <>
          <Health box={box} mayWrite={mayWrite} />
          <div className={classes.columns}>
            <Part title={say('howMuchWhen')}>
              <Pace key={`${box.pace}${box.daily_cap}`} box={box} mayWrite={mayWrite} />
            </Part>
            <Part title={say('whoSigns')}>
              <Identity key={`${box.name}${box.signature}${box.postal_address}${box.booking_link}`} box={box} mayWrite={mayWrite} />
            </Part>
          </div>
          <Part title={say('howMailLeaves')} act={mayWrite && <HowItLeaves box={box} />}>
            <Facts box={box} />
          </Part>
          <Part
            title={say('keysDns')}
            aside={box.dkim.length > 0 ? say('dkimBy', { selectors: listed(box.dkim) }) : say('noDkimKeyHere')}
            act={
              <Button component={Link} to="/sending/domains" variant="default">
                {say('domainDoctor')}
              </Button>
            }
          >
            <Dkim address={box.address} mayWrite={mayWrite} />
          </Part>
          <Part
            title={say('lookTitle')}
            aside={box.has_layout ? say('ownLayout') : say('plainHtml')}
            act={<Look address={box.address} mayWrite={mayWrite} />}
          >
            <p className="quiet" style={{ margin: 0 }}>
              {say('lookAbout')}
            </p>
          </Part>
        </>
      )}
    </Screen>
  );
}

const way = (box: Box) =>
  box.transport === 'maildir' ? say('intoFolder') : say('byWay', { way: box.server ?? nameOf(box.transport) });

const nameOf = (transport: string) => WAYS.find((one) => one.value === transport)?.label ?? transport;

function Health({ box, mayWrite }: { box: Box; mayWrite: boolean }) {
  const trial = useTry(box.address);
  return (
    <Part
      title={say('canSend')}
      act={
        mayWrite && (
          <Button variant="default" leftSection={<IconPlugConnected size={14} />} loading={trial.isPending} onClick={() => trial.mutate()}>
            {say('test')}
          </Button>
        )
      }
    >
      <div className={parts.card}>
        <p className={classes.standing}>
          <span className={parts.badge} data-tone={BANDS[box.band] ?? 'warn'}>
            {box.status === 'active' ? box.band : box.status}
          </span>
          {box.reason || say('receiversTakeItsMail')}
          {box.share < 1 && <span className="quiet">{say('shareOfCap', { percent: Math.round(box.share * 100) })}</span>}
        </p>
        {trial.isError && <Trouble error={trial.error} />}
        {trial.data && <Notice tone={trial.data.can_send ? 'good' : 'bad'}>{trial.data.found}</Notice>}
        {!trial.data && !trial.isError && (
          <p className={classes.reason}>{say('testConnectsAsNext')}</p>
        )}
      </div>
    </Part>
  );
}

function Facts({ box }: { box: Box }) {
  const lines: ReadonlyArray<readonly [string, string]> = [
    [say('by'), nameOf(box.transport)],
    ...(box.server ? [[say('server'), box.server] as const, [say('login'), box.user ?? say('none')] as const] : []),
    [say('secret'), box.secret ? say('keptAs', { name: box.secret }) : say('none')],
    ...Object.entries(box.provider).map(([name, value]) => [say(`option_${name}` as 'option_region'), value] as const),
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
