// Start an agent now, with its standing work or with a task.
import { Button, Checkbox, Modal, Textarea, TextInput } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';

import { Notice, Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';

import { useStart, type Agent } from './queries/agents';
import { say } from './texts';

export function RunNow({ agent }: { agent: Agent }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button leftSection={<IconPlayerPlay size={14} />} disabled={!agent.is_enabled || agent.halted !== null} onClick={() => setOpen(true)}>
        {say('runNow')}
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={say('runNowTitle', { agent: agent.name })}>
        {isOpen && <Wish agent={agent} close={() => setOpen(false)} />}
      </Modal>
    </>
  );
}

function Wish({ agent, close }: { agent: Agent; close: () => void }) {
  const start = useStart(agent.name);
  const [task, setTask] = useState('');
  const [campaign, setCampaign] = useState('');
  const [isDry, setDry] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate({
      is_dry_run: isDry,
      ...(task.trim() ? { task: task.trim() } : {}),
      ...(campaign.trim() ? { campaign: campaign.trim() } : {}),
    });
  };
  return (
    <form className={parts.form} onSubmit={submit}>
      <Textarea label={say('runTask')} description={say('runTaskHint')} autosize minRows={3} maxRows={10} maxLength={4000} data-autofocus value={task} onChange={(event) => setTask(event.currentTarget.value)} />
      <TextInput label={say('campaign')} description={say('campaignHint')} maxLength={200} value={campaign} onChange={(event) => setCampaign(event.currentTarget.value)} />
      <Checkbox label={say('dryRun')} checked={isDry} onChange={(event) => setDry(event.currentTarget.checked)} />
      <Trouble error={start.error} />
      {start.isSuccess && <Notice tone="good">{say('asked')}</Notice>}
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          {start.isSuccess ? say('close') : say('cancel')}
        </Button>
        {!start.isSuccess && (
          <Button type="submit" loading={start.isPending}>
            {say('start')}
          </Button>
        )}
      </div>
    </form>
  );
}
