// Let the agent work for this campaign: it researches and proposes drafts, and can send nothing.
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';

import { Notice, Trouble } from '@/components/Notice';
import { WorkBar } from '@/components/WorkBar';
import parts from '@/components/parts.module.css';

import { useRun } from './making';
import { useShares } from './queries';
import { say } from './texts';

export function RunNow({ campaign }: { campaign: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button leftSection={<IconPlayerPlay size={14} />} onClick={() => setOpen(true)}>
        {say('letAgentWrite')}
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={say('letAgentWrite')}>
        {isOpen && <Ask campaign={campaign} close={() => setOpen(false)} />}
      </Modal>
    </>
  );
}

function Ask({ campaign, close }: { campaign: string; close: () => void }) {
  const [count, setCount] = useState('10');
  const [mailbox, setMailbox] = useState('');
  const shares = useShares(campaign).data;
  const boxes = shares ? [...shares.items.map((one) => one.address), ...shares.others] : [];
  const going = useRun(campaign);
  const { work } = going;
  if (going.isGoing) return <WorkBar work={work} title={say('agentWorks')} />;
  if (work?.state === 'done') {
    const done = work.result as { drafts: number; summary: string };
    return (
      <div className={parts.form}>
        <Notice tone={done.drafts > 0 ? 'good' : 'warn'}>{done.summary}</Notice>
        <div className={`${parts.actions} ${parts.ends}`}>
          <Button variant="default" onClick={close}>
            {say('close')}
          </Button>
          <Button component={Link} to="/inbox">
            {say('openInbox')}
          </Button>
        </div>
      </div>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    going.start.mutate({ new_accounts: Number(count), mailbox: mailbox.trim() || null });
  };
  return (
    <form className={parts.form} onSubmit={submit}>
      <p style={{ margin: 0 }}>
        {say('runAbout')}
      </p>
      <TextInput
        label={say('newAccountsWrite')}
        type="number"
        min={0}
        max={500}
        required
        size="sm"
        value={count}
        onChange={(event) => setCount(event.currentTarget.value)}
      />
      {boxes.length > 1 && (
        <NativeSelect
          label={say('mailbox')}
          size="sm"
          data={[{ value: '', label: say('ownMailboxes') }, ...boxes]}
          value={mailbox}
          onChange={(event) => setMailbox(event.currentTarget.value)}
        />
      )}
      <Trouble error={going.start.error ?? (work?.error ? new Error(work.error) : null)} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        <Button type="submit">{say('start')}</Button>
      </div>
    </form>
  );
}
