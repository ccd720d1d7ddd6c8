// Take a domain out of the guard, or let one that its health stopped send again.
import { Button, Modal, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';

import { useForget, useReleaseDomain, type Domains } from './mailboxes';
import { say } from './texts';

export function DomainMenu({ domain }: { domain: Domains['items'][number] }) {
  const [ask, setAsk] = useState<'forget' | 'release'>();
  const isStopped = domain.band === 'pause' || domain.band === 'stop';
  const close = () => setAsk(undefined);
  return (
    <>
      {isStopped && <Button onClick={() => setAsk('release')}>{say('release')}</Button>}
      {domain.purpose && (
        <Button variant="subtle" color="gray" onClick={() => setAsk('forget')}>
          {say('forget')}
        </Button>
      )}
      <Modal opened={ask !== undefined} onClose={close} title={ask === 'release' ? say('letSendAgain') : say('forgetName', { name: domain.name })}>
        {ask === 'release' && <Release domain={domain.name} close={close} />}
        {ask === 'forget' && <Forget domain={domain.name} close={close} />}
      </Modal>
    </>
  );
}

function Forget({ domain, close }: { domain: string; close: () => void }) {
  const forget = useForget(domain);
  return (
    <div className={parts.form}>
      <p style={{ margin: 0 }}>{say('forgetAbout')}</p>
      <Trouble error={forget.error} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        <Button color="red.8" loading={forget.isPending} onClick={() => forget.mutate(undefined, { onSuccess: close })}>
          {say('forgetIt')}
        </Button>
      </div>
    </div>
  );
}

function Release({ domain, close }: { domain: string; close: () => void }) {
  const [reason, setReason] = useState('');
  const release = useReleaseDomain(domain);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    release.mutate(reason.trim(), { onSuccess: close });
  };
  return (
    <form className={parts.form} onSubmit={submit}>
      <p style={{ margin: 0 }}>{say('slowlyAtFirst')}</p>
      <TextInput label={say('whatWasMended')} description={say('standsInLog')} required data-autofocus size="sm" maxLength={300} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <Trouble error={release.error} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        <Button type="submit" disabled={reason.trim() === ''} loading={release.isPending}>
          {say('releaseNow')}
        </Button>
      </div>
    </form>
  );
}
