// One's own password and open sessions.
import '@mantine/core/styles/PasswordInput.layer.css';

import { Button, PasswordInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { useMe } from '@/api/me';
import { Failed } from '@/components/Failed';
import { Notice, Trouble } from '@/components/Notice';
import { Part, Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { relative, useNow } from '@/lib/time';

import { useEndSession, usePassword, useSessions } from './queries/own';
import classes from './settings.module.css';
import { say } from './texts';

export function Login() {
  return (
    <>
      <Part title={say('password')}>
        <Password />
      </Part>
      <Part title={say('openSessions')} aside={say('endThoseYouDo')}>
        <Sessions />
      </Part>
    </>
  );
}

function Password() {
  const hasOne = useMe()?.has_password ?? true;
  const [words, setWords] = useState({ current: '', new: '' });
  const save = usePassword();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(words, { onSuccess: () => setWords({ current: '', new: '' }) });
  };
  return (
    <form className={`${parts.card} ${parts.form}`} onSubmit={submit} aria-label={say('password')}>
      <div className={parts.two}>
        {hasOne && (
          <PasswordInput visibilityToggleButtonProps={{ 'aria-label': say('showSecret') }} label={say('oneYouHave')} autoComplete="current-password" required size="xs" value={words.current} onChange={(event) => setWords({ ...words, current: event.currentTarget.value })} />
        )}
        <PasswordInput visibilityToggleButtonProps={{ 'aria-label': say('showSecret') }} label={say('newOne')} description={say('atLeast12Characters')} inputWrapperOrder={['label', 'input', 'description']} autoComplete="new-password" required minLength={12} maxLength={200} size="xs" value={words.new} onChange={(event) => setWords({ ...words, new: event.currentTarget.value })} />
      </div>
      <Trouble error={save.error} />
      {save.isSuccess && <Notice tone="good">{say('changedEveryOtherSession')}</Notice>}
      <div>
        <Button type="submit" loading={save.isPending}>
          {say('changeIt')}
        </Button>
      </div>
    </form>
  );
}

function Sessions() {
  const found = useSessions();
  const end = useEndSession();
  const now = useNow(60_000);
  if (found.isError && !found.data) return <Failed error={found.error} again={() => void found.refetch()} />;
  return (
    <>
      <Trouble error={end.error} />
      <Table label={say('openSessions')} head={[say('browser'), say('began'), say('lastSeen'), '']}>
        {(found.data ?? []).map((one) => (
          <tr key={one.id}>
            <td>
              {browser(one.agent)}
              <span className={parts.under}>{say('byMethod', { method: one.method })}</span>
            </td>
            <td className={parts.when}>{relative(one.created_at, now)}</td>
            <td className={parts.when}>{relative(one.seen_at, now)}</td>
            <td className={classes.menu}>
              {one.is_current ? (
                <span className={parts.badge} data-tone="good">
                  {say('thisOne')}
                </span>
              ) : (
                <Button variant="subtle" color="gray" onClick={() => end.mutate(one.id)}>
                  {say('end')}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}

/** `Firefox on Linux`, as far as what a browser calls itself tells. */
function browser(agent: string): string {
  const name = ['Edg', 'Firefox', 'Chrome', 'Safari'].find((one) => agent.includes(one));
  const place = ['Windows', 'Mac OS', 'Android', 'iPhone', 'Linux'].find((one) => agent.includes(one));
  if (!name) return agent.slice(0, 60) || say('notSaid');
  const called = name === 'Edg' ? 'Edge' : name;
  return place ? say('browserOn', { browser: called, place }) : called;
}
