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

import { InSlack } from './InSlack';
import { Invite, ROLES } from './Invite';
import {
  useEndSessions, useInvitations, usePasswordLink, usePeople, useRemove, useSetRole, useWithdraw,
  type Member, type Role,
} from './queries/people'; // prettier-ignore
import classes from './settings.module.css';
import { Sure } from './Sure';
import { say } from './texts';

export function People() {
  const found = usePeople();
  const mayManage = useMay('people.manage');
  return (
    <>
      <Part title={say('people')} act={mayManage && <Invite />}>
        {found.isLoading && <Loading />}
        {found.isError && !found.data && <Failed error={found.error} again={() => void found.refetch()} />}
        {found.data && (
          <Table label={say('people')} head={mayManage ? [say('name'), say('role'), ''] : [say('name'), say('role')]}>
            {found.data.map((one) => (
              <Line key={one.id} member={one} mayManage={mayManage} />
            ))}
          </Table>
        )}
      </Part>
      {mayManage && <Waiting />}
      <Part title={say('whatEachRoleMay')}>
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
  const [ask, setAsk] = useState<'remove' | 'slack' | Role>();
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
        {isMe && <span className="quiet"> {say('you')}</span>}
        <span className={parts.under}>{member.email}</span>
        {link && (
          <div className={classes.link}>
            <Notice tone="warn">{say('giveLink', { name: member.name })}</Notice>
            <Copied value={link} name={say('theLink')} />
          </div>
        )}
        {end.data && <Notice tone="good">{say('sessionsEnded', { count: end.data.ended })}</Notice>}
        <Trouble error={end.error ?? renew.error} />
      </td>
      <td className={classes.role}>
        {mayManage && !isMe ? (
          <NativeSelect size="xs" aria-label={say('roleOf', { name: member.name })} data={ROLES.map(({ value, label }) => ({ value, label }))} value={member.role} onChange={(event) => setAsk(event.currentTarget.value as Role)} />
        ) : (
          roleName(member.role)
        )}
      </td>
      {mayManage && (
        <td className={classes.menu}>
          <Menu position="bottom-end" withinPortal>
            <Menu.Target>
              <Button variant="subtle" color="gray" px={6} aria-label={say('moreAbout', { name: member.name })}>
                <IconDots size={16} />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => renew.mutate(member.id, { onSuccess: (made) => setLink(made.link) })}>{say('linkNewPassword')}</Menu.Item>
              <Menu.Item onClick={() => end.mutate(member.id)}>{say('endEverySession')}</Menu.Item>
              <Menu.Item onClick={() => setAsk('slack')}>{say('slackMenu')}</Menu.Item>
              {!isMe && (
                <Menu.Item color="red.8" onClick={() => setAsk('remove')}>
                  {say('takeOutWorkspace')}
                </Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
          {ask === 'slack' && <InSlack member={member} close={() => setAsk(undefined)} />}
          {ask && ask !== 'slack' && (
            <Sure
              title={ask === 'remove' ? say('takeOutName', { name: member.name }) : say('makeName', { name: member.name, role: roleName(ask).toLowerCase() })}
              words={say('openSessionsKeysEnd')}
              yes={ask === 'remove' ? say('takeOut') : say('changeRole')}
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
    <Part title={say('invited')} aside={String(found.data.length)}>
      <Trouble error={withdraw.error} />
      <Table label={say('invited')} head={[say('address'), say('as'), say('ends'), '']}>
        {found.data.map((one) => (
          <tr key={one.id}>
            <td>{one.email}</td>
            <td>{one.role ? roleName(one.role) : say('newPassword')}</td>
            <td>{relative(one.expires_at, now)}</td>
            <td className={classes.menu}>
              <Button variant="subtle" color="gray" onClick={() => withdraw.mutate(one.id)}>
                {say('withdraw')}
              </Button>
            </td>
          </tr>
        ))}
      </Table>
    </Part>
  );
}
