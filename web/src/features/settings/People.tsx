// Who is in, as what; invitations that wait. Who may not manage people sees them only.
import { Button, Menu, NativeSelect } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState } from 'react';

import { useMay, useMe } from '@/api/me';
import { Copied } from '@/components/Copied';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Notice, Trouble } from '@/components/Notice';
import { Part, Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { relative, useNow } from '@/lib/time';

import { Invite, ROLES } from './Invite';
import {
  useEndSessions, useInvitations, usePasswordLink, usePeople, useRemove, useSetRole, useWithdraw,
  type Member, type Role,
} from './queries/people'; // prettier-ignore
import classes from './settings.module.css';
import { Sure } from './Sure';

export function People() {
  const found = usePeople();
  const mayManage = useMay('people.manage');
  return (
    <>
      <Part title="People" act={mayManage && <Invite />}>
        {found.isLoading && <Loading />}
        {found.isError && !found.data && <Failed error={found.error} again={() => void found.refetch()} />}
        {found.data && (
          <Table label="People" head={mayManage ? ['Name', 'Role', ''] : ['Name', 'Role']}>
            {found.data.map((one) => (
              <Line key={one.id} member={one} mayManage={mayManage} />
            ))}
          </Table>
        )}
      </Part>
      {mayManage && <Waiting />}
      <Part title="What each role may do">
        <dl className={`${parts.card} ${parts.facts}`}>
          {ROLES.map(({ value, label, about }) => (
            <div key={value} style={{ display: 'contents' }}>
              <dt>{label}</dt>
              <dd>{about}</dd>
            </div>
          ))}
        </dl>
      </Part>
    </>
  );
}

const roleName = (role: string) => ROLES.find((one) => one.value === role)?.label ?? role;

function Line({ member, mayManage }: { member: Member; mayManage: boolean }) {
  const me = useMe()?.person.id;
  const [ask, setAsk] = useState<'remove' | Role>();
  const [link, setLink] = useState<string>();
  const role = useSetRole();
  const remove = useRemove();
  const end = useEndSessions();
  const renew = usePasswordLink();
  const isMe = member.id === me;
  return (
    <tr>
      <td>
        <strong>{member.name}</strong>
        {isMe && <span className="quiet"> you</span>}
        <span className={parts.under}>{member.email}</span>
        {link && (
          <div className={classes.link}>
            <Notice tone="warn">Give this link to {member.name}; it works once, for a day, and is shown only now.</Notice>
            <Copied value={link} name="the link" />
          </div>
        )}
        {end.data && <Notice tone="good">{end.data.ended} sessions ended.</Notice>}
        <Trouble error={end.error ?? renew.error} />
      </td>
      <td className={classes.role}>
        {mayManage && !isMe ? (
          <NativeSelect size="xs" aria-label={`Role of ${member.name}`} data={ROLES.map(({ value, label }) => ({ value, label }))} value={member.role} onChange={(event) => setAsk(event.currentTarget.value as Role)} />
        ) : (
          roleName(member.role)
        )}
      </td>
      {mayManage && (
        <td className={classes.menu}>
          <Menu position="bottom-end" withinPortal>
            <Menu.Target>
              <Button variant="subtle" color="gray" px={6} aria-label={`More about ${member.name}`}>
                <IconDots size={16} />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => renew.mutate(member.id, { onSuccess: (made) => setLink(made.link) })}>A link to a new password</Menu.Item>
              <Menu.Item onClick={() => end.mutate(member.id)}>End every session</Menu.Item>
              {!isMe && (
                <Menu.Item color="red.8" onClick={() => setAsk('remove')}>
                  Take out of the workspace
                </Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
          {ask && (
            <Sure
              title={ask === 'remove' ? `Take ${member.name} out?` : `Make ${member.name} ${roleName(ask).toLowerCase()}?`}
              words="Open sessions and keys end at once."
              yes={ask === 'remove' ? 'Take out' : 'Change the role'}
              isGrave={ask === 'remove'}
              error={role.error ?? remove.error}
              isBusy={role.isPending || remove.isPending}
              close={() => setAsk(undefined)}
              act={() => {
                const done = { onSuccess: () => setAsk(undefined) };
                if (ask === 'remove') remove.mutate(member.id, done);
                else role.mutate({ id: member.id, role: ask }, done);
              }}
            />
          )}
        </td>
      )}
    </tr>
  );
}

function Waiting() {
  const found = useInvitations(true);
  const withdraw = useWithdraw();
  const now = useNow(60_000);
  if (!found.data || found.data.length === 0) return null;
  return (
    <Part title="Invited" aside={String(found.data.length)}>
      <Trouble error={withdraw.error} />
      <Table label="Invited" head={['Address', 'As', 'Ends', '']}>
        {found.data.map((one) => (
          <tr key={one.id}>
            <td>{one.email}</td>
            <td>{one.role ? roleName(one.role) : 'a new password'}</td>
            <td>{relative(one.expires_at, now)}</td>
            <td className={classes.menu}>
              <Button variant="subtle" color="gray" onClick={() => withdraw.mutate(one.id)}>
                Withdraw
              </Button>
            </td>
          </tr>
        ))}
      </Table>
    </Part>
  );
}
