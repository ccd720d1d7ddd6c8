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
import { say } from './texts';

/** A decision names a person, and no key makes more of itself: the server refuses these. */
const NEVER = new Set(['self', 'drafts.decide', 'people.manage', 'keys.manage']);

export function Keys() {
  const found = useKeys();
  return (
    <Part title={say('apiKeys')} aside={say('programShowsOneInstead')} act={<Make />}>
      {found.isLoading && <Loading />}
      {found.isError && !found.data && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.data?.length === 0 && (
        <Empty title={say('noKey')} icon={<IconKey size={22} />}>
          {say('noKeyAbout')}
        </Empty>
      )}
      {found.data && found.data.length > 0 && (
        <Table label={say('apiKeys')} head={[say('name'), say('may'), say('made'), say('ends'), say('used'), '']}>
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
        {key.agent && <span className={parts.under}>{say('theAgent', { name: key.agent })}</span>}
      </td>
      <td className={classes.scopes}>{key.scopes.join(', ')}</td>
      <td className={parts.when}>{day(key.created_at)}</td>
      <td className={parts.when}>{day(key.expires_at)}</td>
      <td className={parts.when}>{key.used_at ? relative(key.used_at, now) : <span className="quiet">{say('never')}</span>}</td>
      <td className={classes.menu}>
        <Button variant="subtle" color="gray" onClick={() => setAsked(true)}>
          {say('end')}
        </Button>
        {isAsked && (
          <Sure title={say('endKey', { name: key.name })} words={say('whateverUsesRefusedFrom')} yes={say('endIt')} isGrave isBusy={revoke.isPending} error={revoke.error} close={() => setAsked(false)} act={() => revoke.mutate(key.id)} />
        )}
      </td>
    </tr>
  );
}

function Make() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{say('makeKey')}</Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={say('makeKey')} size="lg">
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
        <Notice tone="warn">{say('keyShownOnce')}</Notice>
        <Copied value={add.data.key} name={say('theKey')} />
        <Button variant="default" onClick={close}>
          {say('iHave')}
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
        <TextInput label={say('name')} required size="sm" maxLength={63} data-autofocus value={words.name} onChange={(event) => setWords({ ...words, name: event.currentTarget.value })} />
        <TextInput label={say('daysLives')} type="number" min={1} max={366} required size="sm" value={words.days} onChange={(event) => setWords({ ...words, days: event.currentTarget.value })} />
      </div>
      <TextInput label={say('agent')} description={say('onlyIfAgentActs')} size="sm" maxLength={63} value={words.agent} onChange={(event) => setWords({ ...words, agent: event.currentTarget.value })} />
      <Checkbox.Group label={say('whatMayDo')} required value={scopes} onChange={setScopes}>
        <div className={classes.scopeList}>
          {permissions.map((one) => (
            <Checkbox key={one} size="xs" value={one} label={one} />
          ))}
        </div>
      </Checkbox.Group>
      <Trouble error={add.error} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        <Button type="submit" disabled={scopes.length === 0} loading={add.isPending}>
          {say('makeTheKey')}
        </Button>
      </div>
    </form>
  );
}
