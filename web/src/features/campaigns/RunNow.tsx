// Let the agent work for this campaign: it researches and proposes drafts, and can send nothing.
import { Button, Modal, TextInput } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';

import { Notice, Trouble } from '@/components/Notice';
import { WorkBar } from '@/components/WorkBar';
import parts from '@/components/parts.module.css';

import { useRun } from './making';

export function RunNow({ campaign }: { campaign: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button leftSection={<IconPlayerPlay size={14} />} onClick={() => setOpen(true)}>
        Let the agent write
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="Let the agent write">
        {isOpen && <Ask campaign={campaign} close={() => setOpen(false)} />}
      </Modal>
    </>
  );
}

function Ask({ campaign, close }: { campaign: string; close: () => void }) {
  const [count, setCount] = useState('10');
  const [mailbox, setMailbox] = useState('');
  const going = useRun(campaign);
  const { work } = going;
  if (going.isGoing) return <WorkBar work={work} title="The agent works" />;
  if (work?.state === 'done') {
    const done = work.result as { drafts: number; summary: string };
    return (
      <div className={parts.form}>
        <Notice tone={done.drafts > 0 ? 'good' : 'warn'}>{done.summary}</Notice>
        <div className={`${parts.actions} ${parts.ends}`}>
          <Button variant="default" onClick={close}>
            Close
          </Button>
          <Button component={Link} to="/inbox">
            Open the inbox
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
        It ranks the accounts, researches the best with evidence, and writes drafts for you to decide on. It cannot
        send or approve.
      </p>
      <TextInput
        label="New accounts to write to"
        type="number"
        min={0}
        max={500}
        required
        size="sm"
        value={count}
        onChange={(event) => setCount(event.currentTarget.value)}
      />
      <TextInput
        label="Mailbox"
        description="Needed only where there are several"
        size="sm"
        value={mailbox}
        onChange={(event) => setMailbox(event.currentTarget.value)}
      />
      <Trouble error={going.start.error ?? (work?.error ? new Error(work.error) : null)} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button type="submit">Start</Button>
      </div>
    </form>
  );
}
