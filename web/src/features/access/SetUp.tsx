// The very first visit: the console's link, and who the admin is.
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';

import { api, ok, sentenceOf } from '@/api/client';
import { meQuery } from '@/api/me';

import { Gate, Hint, Refusal } from './Gate';
import { NewPassword, strengthOf } from './NewPassword';
import { COMMAND, say, told } from './texts';

export function SetUp() {
  const { token } = useSearch({ from: '/setup' });
  const client = useQueryClient();
  const router = useRouter();
  const [who, setWho] = useState({ name: '', email: '', password: '' });
  const begin = useMutation({
    mutationFn: () => ok(api.POST('/api/setup', { body: { token: token ?? '', ...who } })),
    onSuccess: async () => {
      client.clear();
      await client.fetchQuery(meQuery);
      router.history.replace('/start');
    },
  });
  if (!token)
    return (
      <Gate
        label={say('setUp')}
        title={say('notWhole')}
        words={told('notWholeAbout', { command: <code>{COMMAND}</code> })}
      />
    );
  const isReady = who.name.trim() !== '' && strengthOf(who.password, [who.name, who.email]).level > 1;
  return (
    <Gate
      label={say('setUp')}
      title={say('setUpOutrider')}
      words={say('youAreFirst')}
      submit={() => begin.mutate()}
    >
      <TextInput
        label={say('yourName')}
        autoComplete="name"
        required
        autoFocus
        size="sm"
        maxLength={200}
        value={who.name}
        onChange={(event) => setWho({ ...who, name: event.currentTarget.value })}
      />
      <TextInput
        label={say('email')}
        type="email"
        autoComplete="username"
        required
        size="sm"
        maxLength={320}
        value={who.email}
        onChange={(event) => setWho({ ...who, email: event.currentTarget.value })}
      />
      <NewPassword
        value={who.password}
        change={(password) => setWho({ ...who, password })}
        known={[who.name, who.email]}
      />
      {begin.isError && <Refusal>{sentenceOf(begin.error)}</Refusal>}
      <Button type="submit" size="sm" fullWidth loading={begin.isPending} disabled={!isReady}>
        {say('becomeAdmin')}
      </Button>
      <Hint>{say('worksOnce')}</Hint>
    </Gate>
  );
}
