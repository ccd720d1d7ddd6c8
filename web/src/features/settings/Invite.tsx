// Invite somebody: an address and a role; the link is shown once, and given on by hand.
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { Copied } from '@/components/Copied';
import { Notice, Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';

import { useInvite, type Role } from './queries/people';

export const ROLES: ReadonlyArray<{ value: Role; label: string; about: string }> = [
  { value: 'viewer', label: 'Viewer', about: 'Sees everything but the log and settings; changes nothing.' },
  { value: 'operator', label: 'Operator', about: 'Imports lists, runs agents, sends what is approved, does tasks.' },
  { value: 'approver', label: 'Approver', about: 'Decides on drafts, and reads the log.' },
  { value: 'campaign_manager', label: 'Campaign manager', about: 'All of that, and changes campaigns, policies and mailboxes.' },
  { value: 'compliance', label: 'Compliance', about: 'Decides what is put before it, erases people, lifts halts.' },
  { value: 'admin', label: 'Admin', about: 'Everything, people and keys too.' },
];

export function Invite() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Invite somebody</Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="Invite somebody">
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
          Give this link to {invite.data.email}. It works once, for seven days, and is shown only now.
        </Notice>
        <Copied value={invite.data.link} name="the link" />
        <Button variant="default" onClick={close}>
          Done
        </Button>
      </div>
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate({ email: email.trim(), role });
  };
  return (
    <form className={parts.form} onSubmit={submit}>
      <TextInput label="E-mail address" type="email" required size="sm" data-autofocus value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
      <NativeSelect
        label="As"
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
          Cancel
        </Button>
        <Button type="submit" loading={invite.isPending}>
          Make the link
        </Button>
      </div>
    </form>
  );
}
