// Who somebody is in Slack: only whom an admin named may decide there.
import { Button, Modal, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';

import { useSlackUser, type Member } from './queries/people';
import { say } from './texts';

export function InSlack({ member, close }: { member: Member; close: () => void }) {
  const [user, setUser] = useState('');
  const set = useSlackUser();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    set.mutate({ id: member.id, slack_user: user.trim() }, { onSuccess: close });
  };
  return (
    <Modal opened onClose={close} title={say('inSlack', { name: member.name })}>
      <form className={parts.form} onSubmit={submit}>
        <p style={{ margin: 0 }}>{say('inSlackAbout')}</p>
        <TextInput label={say('slackId')} description={say('slackIdHint')} required data-autofocus size="sm" maxLength={40} value={user} onChange={(event) => setUser(event.currentTarget.value)} />
        <Trouble error={set.error} />
        <div className={`${parts.actions} ${parts.ends}`}>
          <Button variant="default" onClick={close}>
            {say('cancel')}
          </Button>
          <Button type="submit" loading={set.isPending}>
            {say('save')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
