// Hold a mailbox, let it go on, or release one that its health stopped; always with a reason.
import { Button, Modal, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';

import { useChange, useRelease, type Mailbox } from './mailboxes';
import { say } from './texts';

export function Pausing({ box }: { box: Mailbox }) {
  const [ask, setAsk] = useState<'pause' | 'release'>();
  const isPaused = box.status === 'paused';
  const isStopped = box.band === 'pause' || box.band === 'stop';
  return (
    <span className={parts.buttons}>
      {isStopped && (
        <Button size="sm" onClick={() => setAsk('release')}>
          {say('release')}
        </Button>
      )}
      <Button size="sm" variant="default" onClick={() => setAsk('pause')}>
        {isPaused ? say('resume') : say('pause')}
      </Button>
      <Modal
        opened={ask !== undefined}
        onClose={() => setAsk(undefined)}
        title={ask === 'release' ? say('letSendAgain') : isPaused ? say('resumeThisMailbox') : say('pauseThisMailbox')}
      >
        {ask && <Why box={box} ask={ask} close={() => setAsk(undefined)} />}
      </Modal>
    </span>
  );
}

function Why({ box, ask, close }: { box: Mailbox; ask: 'pause' | 'release'; close: () => void }) {
  const [reason, setReason] = useState('');
  const change = useChange(box.address);
  const release = useRelease(box.address);
  const isPaused = box.status === 'paused';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ask === 'release') release.mutate(reason.trim(), { onSuccess: close });
    else change.mutate({ is_paused: !isPaused, reason: reason.trim() }, { onSuccess: close });
  };
  const words =
    ask === 'release'
      ? say('slowlyAtFirst')
      : isPaused
        ? say('leavesAgain')
        : say('waitsAll');
  return (
    <form className={parts.form} onSubmit={submit}>
      <p style={{ margin: 0 }}>{words}</p>
      <TextInput
        label={ask === 'release' ? say('whatWasMended') : say('whyAsked')}
        description={say('standsInLog')}
        required
        data-autofocus
        size="sm"
        maxLength={300}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Trouble error={change.error ?? release.error} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        <Button type="submit" disabled={reason.trim() === ''} loading={change.isPending || release.isPending}>
          {ask === 'release' ? say('releaseNow') : isPaused ? say('resumeNow') : say('pauseNow')}
        </Button>
      </div>
    </form>
  );
}
