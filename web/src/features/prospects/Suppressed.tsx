// Who is never written to again: ask of one address, add one, and the list; there is no way back here.
import { Button, Modal, TextInput } from '@mantine/core';
import { IconArrowLeft, IconMailOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';

import { useMay } from '@/api/me';
import { Empty } from '@/components/Empty';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Notice, Trouble } from '@/components/Notice';
import { Part, Screen, Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { number } from '@/lib/texts/format';
import { day } from '@/lib/time';

import { useAsk, useSuppress, useSuppressed, type Answer, type Suppression } from './importing';
import classes from './importing.module.css';
import { say, worded } from './texts';

const TONES: Readonly<Record<string, string>> = { opt_out: 'warn', complaint: 'bad' };

export function Suppressed() {
  const found = useSuppressed();
  const mayAdd = useMay('consent.write');
  const { first, lines } = found;
  return (
    <Screen
      title={say('suppressed')}
      about={say('suppressedAbout')}
      aside={mayAdd && <Add />}
      above={
        <Link to="/prospects" className={parts.back}>
          <IconArrowLeft size={14} aria-hidden /> {say('prospects')}
        </Link>
      }
    >
      <Part title={say('isOnIt')}>
        <Ask />
      </Part>
      <Part title={say('list')} aside={first && counted(first.total, first.most_counted)}>
        {found.isLoading && <Loading />}
        {found.isError && <Failed error={found.error} again={() => void found.refetch()} />}
        {first && lines.length === 0 && (
          <Empty title={say('nobodySuppressed')} icon={<IconMailOff size={22} />}>
            {say('nobodySuppressedAbout')}
          </Empty>
        )}
        {lines.length > 0 && (
          <Table label={say('suppressed')} head={[say('who'), say('why'), say('toldBy'), say('since')]}>
            {lines.map((line) => (
              <Row key={line.id} line={line} />
            ))}
          </Table>
        )}
        {found.hasNextPage && (
          <Button mt="md" variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            {say('older')}
          </Button>
        )}
      </Part>
    </Screen>
  );
}

const counted = (total: number, most: number) => (total >= most ? say('orMore', { count: most }) : number(total));

function Row({ line }: { line: Suppression }) {
  return (
    <tr>
      <td>
        {line.person ?? <span className="quiet">{say('nobodyHere')}</span>}
        {line.account && line.account_id && (
          <span className={parts.under}>
            <Link to="/prospects/$account" params={{ account: line.account_id }}>
              {line.account}
            </Link>
          </span>
        )}
      </td>
      <td>
        <span className={parts.badge} data-tone={TONES[line.reason]}>
          {worded(`reason_${line.reason}`, line.reason)}
        </span>
      </td>
      <td className="quiet">{line.source}</td>
      <td className={parts.when}>{day(line.created_at)}</td>
    </tr>
  );
}

function Ask() {
  const [email, setEmail] = useState('');
  const ask = useAsk();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate(email.trim());
  };
  return (
    <form onSubmit={submit} aria-label={say('askOf')}>
      <div className={classes.ask}>
        <TextInput
          label={say('address')}
          type="email"
          size="sm"
          required
          value={email}
          onChange={(event) => {
            setEmail(event.currentTarget.value);
            ask.reset();
          }}
        />
        <Button type="submit" size="sm" variant="default" loading={ask.isPending}>
          {say('look')}
        </Button>
      </div>
      <div className={classes.answer}>
        <Trouble error={ask.error} />
        {ask.data && <Told answer={ask.data} />}
      </div>
    </form>
  );
}

function Told({ answer }: { answer: Answer }) {
  if (!answer.line) return <Notice>{say('notSuppressed')}</Notice>;
  const { reason, source, created_at: since } = answer.line;
  return (
    <Notice tone="warn">
      {say('isSuppressed', { day: day(since), reason: worded(`reason_${reason}`, reason), source })}
    </Notice>
  );
}

function Add() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" variant="default" onClick={() => setOpen(true)}>
        {say('add')}
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={say('addTitle')}>
        {isOpen && <AddForm close={() => setOpen(false)} />}
      </Modal>
    </>
  );
}

function AddForm({ close }: { close: () => void }) {
  const [email, setEmail] = useState('');
  const [reason, setReason] = useState('');
  const add = useSuppress();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ email: email.trim(), reason: reason.trim() }, { onSuccess: close });
  };
  return (
    <form className={parts.form} onSubmit={submit}>
      <Notice tone="warn">{say('noWayBack')}</Notice>
      <TextInput label={say('address')} type="email" required size="sm" data-autofocus value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
      <TextInput
        label={say('why')}
        description={say('reasonHint')}
        required
        size="sm"
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Trouble error={add.error} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        <Button type="submit" color="red.8" loading={add.isPending}>
          {say('suppress')}
        </Button>
      </div>
    </form>
  );
}
