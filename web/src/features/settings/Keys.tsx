// API keys of programs: made with scopes and an end, shown once, ended at once.
import { Button, Checkbox, Modal, TextInput } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';

import { useMe } from '@/api/me';
import { Copied } from '@/components/Copied';
import { Empty } from '@/components/Empty';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Notice, Trouble } from '@/components/Notice';
import { Part, Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { day, relative, useNow } from '@/lib/time';

import { useAddKey, useKeys, useRevokeKey, type Key } from './queries/keys';
import classes from './settings.module.css';
import { Sure } from './Sure';

/** A decision names a person, and no key makes more of itself: the server refuses these. */
const NEVER = new Set(['self', 'drafts.decide', 'people.manage', 'keys.manage']);

export function Keys() {
  const found = useKeys();
  return (
    <Part title="API keys" aside="a program shows one instead of a login; none can decide on a draft" act={<Make />}>
      {found.isLoading && <Loading />}
      {found.isError && !found.data && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.data?.length === 0 && (
        <Empty title="There is no key" icon={<IconKey size={22} />}>
          Programs and agents outside need one; people do not.
        </Empty>
      )}
      {found.data && found.data.length > 0 && (
        <Table label="API keys" head={['Name', 'May', 'Made', 'Ends', 'Used', '']}>
          {found.data.map((key) => (
            <Line key={key.id} of={key} />
          ))}
        </Table>
      )}
    </Part>
  );
}

function Line({ of: key }: { of: Key }) {
  const now = useNow(60_000);
  const [isAsked, setAsked] = useState(false);
  const revoke = useRevokeKey();
  return (
    <tr>
      <td>
        <strong>{key.name}</strong>
        {key.agent && <span className={parts.under}>the agent {key.agent}</span>}
      </td>
      <td className={classes.scopes}>{key.scopes.join(', ')}</td>
      <td className={parts.when}>{day(key.created_at)}</td>
      <td className={parts.when}>{day(key.expires_at)}</td>
      <td className={parts.when}>{key.used_at ? relative(key.used_at, now) : <span className="quiet">never</span>}</td>
      <td className={classes.menu}>
        <Button variant="subtle" color="red.8" onClick={() => setAsked(true)}>
          End
        </Button>
        {isAsked && (
          <Sure title={`End the key ${key.name}?`} words="Whatever uses it is refused from now on." yes="End it" isGrave isBusy={revoke.isPending} error={revoke.error} close={() => setAsked(false)} act={() => revoke.mutate(key.id)} />
        )}
      </td>
    </tr>
  );
}

function Make() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Make a key</Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="Make a key" size="lg">
        {isOpen && <Form close={() => setOpen(false)} />}
      </Modal>
    </>
  );
}

function Form({ close }: { close: () => void }) {
  const permissions = (useMe()?.permissions ?? []).filter((one) => !NEVER.has(one));
  const [words, setWords] = useState({ name: '', days: '90', agent: '' });
  const [scopes, setScopes] = useState<string[]>([]);
  const add = useAddKey();
  if (add.data)
    return (
      <div className={parts.form}>
        <Notice tone="warn">Keep it in a safe place now: it is shown this once and stored nowhere.</Notice>
        <Copied value={add.data.key} name="the key" />
        <Button variant="default" onClick={close}>
          I have it
        </Button>
      </div>
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ name: words.name.trim(), scopes: scopes as never, days: Number(words.days), agent: words.agent.trim() || null });
  };
  return (
    <form className={parts.form} onSubmit={submit}>
      <div className={parts.two}>
        <TextInput label="Name" required size="sm" maxLength={63} data-autofocus value={words.name} onChange={(event) => setWords({ ...words, name: event.currentTarget.value })} />
        <TextInput label="Days that it lives" type="number" min={1} max={366} required size="sm" value={words.days} onChange={(event) => setWords({ ...words, days: event.currentTarget.value })} />
      </div>
      <TextInput label="Agent" description="Only if an agent acts with it: then it may read and add research at most" size="sm" maxLength={63} value={words.agent} onChange={(event) => setWords({ ...words, agent: event.currentTarget.value })} />
      <Checkbox.Group label="What it may do" required value={scopes} onChange={setScopes}>
        <div className={classes.scopeList}>
          {permissions.map((one) => (
            <Checkbox key={one} size="xs" value={one} label={one} />
          ))}
        </div>
      </Checkbox.Group>
      <Trouble error={add.error} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" disabled={scopes.length === 0} loading={add.isPending}>
          Make the key
        </Button>
      </div>
    </form>
  );
}
