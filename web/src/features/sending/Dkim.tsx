// The DKIM keys of a mailbox: made here, their records published, and only then signed with.
import { Button, Modal, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';

import { Copied } from '@/components/Copied';
import { Failed } from '@/components/Failed';
import { Notice, Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';

import { useKeys, usePrepare, useSignWith, useStopSigning, type Key } from './keeping';
import classes from './sending.module.css';
import { say } from './texts';

export function Dkim({ address, mayWrite }: { address: string; mayWrite: boolean }) {
  const found = useKeys(address);
  const use = useSignWith(address);
  const stop = useStopSigning(address);
  const keys = found.data?.items ?? [];
  if (found.isError && !found.data) return <Failed error={found.error} again={() => void found.refetch()} />;
  return (
    <>
      {found.data && keys.length === 0 && <p className={parts.none}>{say('noKeyYet')}</p>}
      {keys.map((key) => (
        <Record key={key.selector} of={key}>
          {mayWrite && !key.is_used && (
            <Button size="compact-xs" loading={use.isPending} onClick={() => use.mutate(key.selector)}>
              {say('signWithIt')}
            </Button>
          )}
        </Record>
      ))}
      <Trouble error={use.error ?? stop.error} />
      {mayWrite && (
        <div className={parts.actions}>
          <NewKey address={address} />
          {keys.some((one) => one.is_used) && (
            <Button variant="subtle" color="gray" loading={stop.isPending} onClick={() => stop.mutate(undefined)}>
              {say('signNoMore')}
            </Button>
          )}
        </div>
      )}
    </>
  );
}

function Record({ of: key, children }: { of: Key; children: ReactNode }) {
  return (
    <div className={classes.record}>
      <div className={classes.recordHead}>
        <span>
          {key.name} <span className="quiet">{say('txt')}</span>
        </span>
        <span className={parts.badge} data-tone={key.is_used ? 'good' : 'warn'}>
          {key.is_used ? say('signsWithIt') : say('waitsForRecord')}
        </span>
        {children}
      </div>
      <Copied value={key.value} name={say('recordOf', { name: key.name })} />
      {!key.is_used && <p className={classes.by}>{say('publishFirst')}</p>}
    </div>
  );
}

function NewKey({ address }: { address: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {say('newKey')}
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={say('newKeyTitle')}>
        {isOpen && <Form address={address} close={() => setOpen(false)} />}
      </Modal>
    </>
  );
}

function Form({ address, close }: { address: string; close: () => void }) {
  const [selector, setSelector] = useState('o1');
  const [pem, setPem] = useState('');
  const prepare = usePrepare(address);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    prepare.mutate({ selector: selector.trim(), pem: pem.trim() }, { onSuccess: close });
  };
  return (
    <form className={parts.form} onSubmit={submit} aria-label={say('newKeyTitle')}>
      <Notice>{say('keyMadeHere')}</Notice>
      <TextInput label={say('selector')} description={say('selectorHint')} required data-autofocus size="sm" maxLength={32} pattern="[A-Za-z0-9]([A-Za-z0-9\-]{0,30}[A-Za-z0-9])?" value={selector} onChange={(event) => setSelector(event.currentTarget.value)} />
      <Textarea label={say('ownKey')} description={say('ownKeyHint')} size="sm" autosize minRows={2} maxRows={6} maxLength={16_384} autoComplete="off" spellCheck={false} value={pem} onChange={(event) => setPem(event.currentTarget.value)} />
      <Trouble error={prepare.error} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        <Button type="submit" loading={prepare.isPending}>
          {pem.trim() ? say('takeKey') : say('makeKey')}
        </Button>
      </div>
    </form>
  );
}
