// The layout of a mailbox's new drafts: MJML, tried on a sample mail before it is set.
import { Button, Modal, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useEffect, useState } from 'react';

import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';

import { useLayout, useSetLayout, useTryLayout, type Layout } from './keeping';
import classes from './sending.module.css';
import { say } from './texts';

export function Look({ address, mayWrite }: { address: string; mayWrite: boolean }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {mayWrite ? say('changeLook') : say('seeLook')}
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={say('lookTitle')} size="min(1180px, 94vw)">
        {isOpen && <Whole address={address} mayWrite={mayWrite} close={() => setOpen(false)} />}
      </Modal>
    </>
  );
}

function Whole({ address, mayWrite, close }: { address: string; mayWrite: boolean; close: () => void }) {
  const found = useLayout(address);
  if (found.isLoading) return <Loading lines={8} />;
  if (!found.data) return <Failed error={found.error} again={() => void found.refetch()} />;
  return <Form address={address} layout={found.data} mayWrite={mayWrite} close={close} />;
}

function Form({ address, layout, mayWrite, close }: { address: string; layout: Layout; mayWrite: boolean; close: () => void }) {
  const [mjml, setMjml] = useState(layout.mjml);
  const [settled] = useDebouncedValue(mjml, 500);
  const { mutate, data, error } = useTryLayout(address);
  const save = useSetLayout(address);
  useEffect(() => mutate(settled), [settled, mutate]);
  const set = (wanted: string | null) =>
    save.mutate(wanted, {
      onSuccess: (now) => {
        notifications.show({ message: now.drafts_kept > 0 ? say('lookSet', { count: now.drafts_kept }) : say('lookIsSet') });
        close();
      },
    });
  return (
    <div className={parts.form} style={{ maxWidth: 'none' }}>
      <p style={{ margin: 0 }}>{layout.is_own ? say('lookOwn') : say('lookStarter')}</p>
      <div className={classes.look}>
        <Textarea
          aria-label={say('lookText')}
          classNames={{ input: classes.mjml ?? '' }}
          readOnly={!mayWrite}
          spellCheck={false}
          autosize
          minRows={18}
          maxRows={24}
          maxLength={100_000}
          value={mjml}
          onChange={(event) => setMjml(event.currentTarget.value)}
        />
        <iframe className={classes.sample} title={say('lookSample')} sandbox="" srcDoc={data?.html ?? ''} />
      </div>
      <Trouble error={save.error ?? error} />
      <div className={`${parts.actions} ${parts.ends}`}>
        {mayWrite && layout.is_own && (
          <Button variant="subtle" color="gray" loading={save.isPending} onClick={() => set(null)}>
            {say('plainAgain')}
          </Button>
        )}
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        {mayWrite && (
          <Button loading={save.isPending} disabled={error !== null} onClick={() => set(mjml)}>
            {say('setLook')}
          </Button>
        )}
      </div>
    </div>
  );
}
