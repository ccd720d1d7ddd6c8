// Invite somebody: an address and a role; the link is shown once, and given on by hand.
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { Copied } from '@/components/Copied';
import { Notice, Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';

import { useInvite, type Role } from './queries/people';
import { say } from './texts';

export const ROLES: ReadonlyArray<{ value: Role; label: string; about: string }> = [
  { value: 'viewer', label: say('viewer'), about: say('seesEverythingButLog') },
  { value: 'operator', label: say('operator'), about: say('importsListsRunsAgents') },
  { value: 'approver', label: say('approver'), about: say('decidesOnDraftsReads') },
  { value: 'campaign_manager', label: say('campaignManager'), about: say('allChangesCampaignsPolicies') },
  { value: 'compliance', label: say('compliance'), about: say('decidesWhatPutBefore') },
  { value: 'admin', label: say('admin'), about: say('everythingPeopleKeysToo') },
];

export function Invite() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{say('inviteSomebody')}</Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={say('inviteSomebody')}>
        {isOpen && <Form close={() => setOpen(false)} />}
      </Modal>
    </>
  );
}

function Form({ close }: { close: () => void }) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('approver');
  const invite = useInvite();
  if (invite.data)
    return (
      <div className={parts.form}>
        <Notice tone="warn">
          {say('giveInvitation', { email: invite.data.email })}
        </Notice>
        <Copied value={invite.data.link} name={say('theLink')} />
        <Button variant="default" onClick={close}>
          {say('done')}
        </Button>
      </div>
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate({ email: email.trim(), role });
  };
  return (
    <form className={parts.form} onSubmit={submit}>
      <TextInput label={say('eMailAddress')} type="email" required size="sm" data-autofocus value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
      <NativeSelect
        label={say('as')}
        description={ROLES.find((one) => one.value === role)?.about}
        inputWrapperOrder={['label', 'input', 'description']}
        size="sm"
        data={ROLES.map(({ value, label }) => ({ value, label }))}
        value={role}
        onChange={(event) => setRole(event.currentTarget.value as Role)}
      />
      <Trouble error={invite.error} />
      <div className={`${parts.actions} ${parts.ends}`}>
        <Button variant="default" onClick={close}>
          {say('cancel')}
        </Button>
        <Button type="submit" loading={invite.isPending}>
          {say('makeLink')}
        </Button>
      </div>
    </form>
  );
}
