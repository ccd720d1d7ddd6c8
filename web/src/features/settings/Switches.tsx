// What is halted, in every scope; halt one campaign, mailbox, agent or tool, or let it go on.
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';

import { api, ok, type Schemas } from '@/api/client';
import { Failed } from '@/components/Failed';
import { Notice, Trouble } from '@/components/Notice';
import { Part, Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { moment } from '@/lib/time';

import classes from './settings.module.css';
import { say } from './texts';

type All = Schemas['Switches'];
type Line = Schemas['SwitchLine'];
type Scope = 'workspace' | 'campaign' | 'mailbox' | 'agent' | 'tool';

const SCOPES: ReadonlyArray<{ value: Scope; label: string; what: string }> = [
  { value: 'workspace', label: say('wholeWorkspace'), what: '' },
  { value: 'campaign', label: say('oneCampaign'), what: say('nameCampaign') },
  { value: 'mailbox', label: say('oneMailbox'), what: say('itsAddress') },
  { value: 'agent', label: say('oneAgent'), what: say('nameAgent') },
  { value: 'tool', label: say('oneTool'), what: say('nameTool') },
];

function useMove() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['Move']) => ok<All>(api.POST('/api/switches', { body })),
    onSuccess: (now) => client.setQueryData(['switches'], now),
  });
}

export function Switches() {
  const found = useQuery({ queryKey: ['switches'], queryFn: () => ok<All>(api.GET('/api/switches')) });
  const all = found.data;
  return (
    <>
      <Part title={say('haltedNow')}>
        {found.isError && !all && <Failed error={found.error} again={() => void found.refetch()} />}
        {all?.items.length === 0 && <Notice tone="good">{say('nothingHaltedWhatApproved')}</Notice>}
        {all && all.items.length > 0 && (
          <Table label={say('haltedNow')} head={[say('whatHalted'), say('by'), say('since'), say('why'), '']}>
            {all.items.map((line) => (
              <Row key={`${line.scope}:${line.target}`} line={line} mayLift={all.may_lift} />
            ))}
          </Table>
        )}
      </Part>
      {all?.may_halt && (
        <Part title={say('halt')} aside={say('holdsWithinSecondApproved')}>
          <Halt />
        </Part>
      )}
    </>
  );
}

function Row({ line, mayLift }: { line: Line; mayLift: boolean }) {
  const [isAsked, setAsked] = useState(false);
  return (
    <tr>
      <td>
        <strong>{line.scope}</strong> {line.name}
      </td>
      <td>{line.by}</td>
      <td className={parts.when}>{moment(line.since)}</td>
      <td>{line.reason}</td>
      <td className={classes.menu}>
        {mayLift && line.scope !== 'global' && (
          <Button variant="default" onClick={() => setAsked(true)}>
            {say('letGoOn')}
          </Button>
        )}
        {isAsked && <Lift line={line} close={() => setAsked(false)} />}
      </td>
    </tr>
  );
}

function Lift({ line, close }: { line: Line; close: () => void }) {
  const [reason, setReason] = useState('');
  const move = useMove();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    move.mutate({ scope: line.scope as Scope, target: line.target, is_on: false, reason: reason.trim() }, { onSuccess: close });
  };
  return (
    <Modal opened onClose={close} title={say('letNameGoOn', { scope: line.scope, name: line.name })}>
      <form className={parts.form} onSubmit={submit}>
        <TextInput label={say('whyMayGoOn')} description={say('standsInLog')} required data-autofocus size="sm" maxLength={500} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        <Trouble error={move.error} />
        <div className={`${parts.actions} ${parts.ends}`}>
          <Button variant="default" onClick={close}>
            {say('cancel')}
          </Button>
          <Button type="submit" disabled={reason.trim() === ''} loading={move.isPending}>
            {say('letGoOnNow')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function Halt() {
  const [scope, setScope] = useState<Scope>('campaign');
  const [target, setTarget] = useState('');
  const [reason, setReason] = useState('');
  const move = useMove();
  const what = SCOPES.find((one) => one.value === scope)?.what ?? '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const done = { onSuccess: () => (setTarget(''), setReason('')) };
    move.mutate({ scope, target: what ? target.trim() : '', is_on: true, reason: reason.trim() }, done);
  };
  return (
    <form className={parts.card} onSubmit={submit} aria-label={say('halt')}>
      <div className={classes.halt}>
        <NativeSelect label={say('whatHalted')} size="xs" data={SCOPES.map(({ value, label }) => ({ value, label }))} value={scope} onChange={(event) => setScope(event.currentTarget.value as Scope)} />
        {what && <TextInput label={what} required size="xs" maxLength={200} value={target} onChange={(event) => setTarget(event.currentTarget.value)} />}
        <TextInput label={say('why')} required size="xs" maxLength={500} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        <Button type="submit" color="red.8" loading={move.isPending}>
          {say('halt')}
        </Button>
      </div>
      <Trouble error={move.error} />
    </form>
  );
}
