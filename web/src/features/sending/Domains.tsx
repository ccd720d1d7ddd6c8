// Our domains: what each is for, and what receivers see of it, with the record that mends a fault.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconArrowLeft, IconStethoscope, IconWorld } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';

import { useMay } from '@/api/me';
import { Empty } from '@/components/Empty';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Trouble } from '@/components/Notice';
import { Part, Screen } from '@/components/Screen';
import parts from '@/components/parts.module.css';

import { DomainMenu } from './DomainMenu';
import { Findings } from './Findings';
import { useDoctor, useDomains, useSetDomain, type Domains as All } from './mailboxes';
import classes from './sending.module.css';
import { say } from './texts';

const PURPOSES = [
  { value: 'outbound', label: say('coldMail') },
  { value: 'brand', label: say('brandGuarded') },
  { value: 'transactional', label: say('transactionalMailGuarded') },
];

export function Domains() {
  const found = useDomains();
  const mayWrite = useMay('mailboxes.write');
  // A domain whose purpose is still to be said; a key of its own starts the form anew each time.
  const [asked, setAsked] = useState({ name: '', time: 0 });
  return (
    <Screen title={say('domains')} about={say('domainsAbout')}
      above={
        <Link to="/sending" className={parts.back}>
          <IconArrowLeft size={14} aria-hidden />{' '}{say('sending')}
        </Link>
      }
    >
      {found.isLoading && <Loading />}
      {found.isError && !found.data && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.data?.items.length === 0 && (
        <Empty title={say('noDomain')} icon={<IconWorld size={22} />}>
          {say('noDomainAbout')}
        </Empty>
      )}
      {found.data?.items.map((one) => (
        <Domain
          key={one.name}
          domain={one}
          mayWrite={mayWrite}
          sayPurpose={() => setAsked(({ time }) => ({ name: one.name, time: time + 1 }))}
        />
      ))}
      {mayWrite && (
        <Part title={say('nameDomain')}>
          <Name key={asked.time} given={asked.name} />
        </Part>
      )}
    </Screen>
  );
}

interface DomainProps {
  domain: All['items'][number];
  mayWrite: boolean;
  /** Take it into the form below. */
  sayPurpose: () => void;
}

function Domain({ domain, mayWrite, sayPurpose }: DomainProps) {
  const doctor = useDoctor(domain.name);
  const isGuarded = domain.purpose === 'brand' || domain.purpose === 'transactional';
  return (
    <section className={`${parts.card} ${classes.domain}`} aria-label={domain.name}>
      <div className={classes.first}>
        <div>
          <strong>{domain.name}</strong>
          <p className={classes.by}>
            {domain.mailboxes.length > 0 ? domain.mailboxes.join(', ') : say('noMailboxOn')}
          </p>
        </div>
        <span className={parts.buttons}>
          <span className={parts.badge} data-tone={isGuarded ? 'warn' : domain.purpose ? 'good' : ''}>
            {PURPOSES.find((one) => one.value === domain.purpose)?.label ?? say('notSaidWhat')}
          </span>
          {mayWrite && !domain.purpose && (
            <Button variant="default" onClick={sayPurpose}>
              {say('sayWhatFor')}
            </Button>
          )}
          {mayWrite && (
            <Button variant="default" leftSection={<IconStethoscope size={14} />} loading={doctor.isPending} onClick={() => doctor.mutate()}>
              {say('examine')}
            </Button>
          )}
          {mayWrite && <DomainMenu domain={domain} />}
        </span>
      </div>
      {domain.band !== 'good' && <p className={classes.reason}>{say('bandBecause', { band: domain.band, reason: domain.reason })}</p>}
      {doctor.isPending && <p className={classes.by}>{say('askingDnsMailServers')}</p>}
      <Trouble error={doctor.error} />
      {doctor.data && <Findings findings={doctor.data.items} />}
    </section>
  );
}

function Name({ given }: { given: string }) {
  const [domain, setDomain] = useState(given);
  const [purpose, setPurpose] = useState('brand');
  const set = useSetDomain();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    set.mutate({ domain: domain.trim(), purpose: purpose as 'brand' }, { onSuccess: () => setDomain('') });
  };
  return (
    <form onSubmit={submit} className={classes.name} aria-label={say('nameDomain')}>
      <TextInput label={say('domain')} placeholder={say('exampleDomain')} required size="sm" maxLength={253} value={domain} onChange={(event) => setDomain(event.currentTarget.value)} />
      <NativeSelect label={say('whatFor')} size="sm" autoFocus={given !== ''} data={PURPOSES} value={purpose} onChange={(event) => setPurpose(event.currentTarget.value)} />
      <Button type="submit" size="sm" loading={set.isPending}>
        {say('save')}
      </Button>
      <Trouble error={set.error} />
    </form>
  );
}
