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
import { day } from '@/lib/time';

import { useAsk, useSuppress, useSuppressed, type Answer, type Suppression } from './importing';
import classes from './importing.module.css';

const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  opt_out: ['asked to stop', 'warn'],
  complaint: ['complained', 'bad'],
  hard_bounce: ['does not exist', ''],
  manual: ['by hand', ''],
};

export function Suppressed() {
  const found = useSuppressed();
  const mayAdd = useMay('consent.write');
  const { first, lines } = found;
  return (
    <Screen
      title="Suppressed"
      about="Addresses that nobody writes to again, in any campaign. The address itself is not kept, so that it outlives an erasure."
      aside={mayAdd && <Add />}
      above={
        <Link to="/prospects" className={parts.back}>
          <IconArrowLeft size={14} aria-hidden /> Prospects
        </Link>
      }
    >
      <Part title="Is an address on it?">
        <Ask />
      </Part>
      <Part title="The list" aside={first ? (first.total >= first.most_counted ? `${first.most_counted.toLocaleString('en')} or more` : first.total.toLocaleString('en')) : ''}>
        {found.isLoading && <Loading />}
        {found.isError && <Failed error={found.error} again={() => void found.refetch()} />}
        {first && lines.length === 0 && (
          <Empty title="Nobody is suppressed" icon={<IconMailOff size={22} />}>
            Opt-outs, complaints and addresses that do not exist come here by themselves.
          </Empty>
        )}
        {lines.length > 0 && (
          <Table label="Suppressed" head={['Who', 'Why', 'Told by', 'Since']}>
            {lines.map((line) => (
              <Row key={line.id} line={line} />
            ))}
          </Table>
        )}
        {found.hasNextPage && (
          <Button mt="md" variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            Show older ones
          </Button>
        )}
      </Part>
    </Screen>
  );
}

function Row({ line }: { line: Suppression }) {
  const [words, tone] = REASONS[line.reason] ?? [line.reason, ''];
  return (
    <tr>
      <td>
        {line.person ?? <span className="quiet">nobody who is known here</span>}
        {line.account && line.account_id && (
          <span className={parts.under}>
            <Link to="/prospects/$account" params={{ account: line.account_id }}>
              {line.account}
            </Link>
          </span>
        )}
      </td>
      <td>
        <span className={parts.badge} data-tone={tone}>
          {words}
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
    <form onSubmit={submit} aria-label="Ask of an address">
      <div className={classes.ask}>
        <TextInput
          label="E-mail address"
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
          Look
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
  if (!answer.line) return <Notice>This address is not suppressed.</Notice>;
  const [words] = REASONS[answer.line.reason] ?? [answer.line.reason];
  return (
    <Notice tone="warn">
      Never written to again since {day(answer.line.created_at)}: {words} ({answer.line.source}).
    </Notice>
  );
}

function Add() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" variant="default" onClick={() => setOpen(true)}>
        Suppress an address
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="Never write to an address again">
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
      <Notice tone="warn">There is no way back from here: only the person’s own word could be one.</Notice>
      <TextInput label="E-mail address" type="email" required size="sm" data-autofocus value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
      <TextInput
        label="Why"
        description="It stands in the log: a few words, no address."
        required
        size="sm"
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Trouble error={add.error} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" color="red.8" loading={add.isPending}>
          Suppress
        </Button>
      </div>
    </form>
  );
}
