// The very first visit: the console's link, and who the admin is.
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';

import { api, ok, sentenceOf } from '@/api/client';
import { meQuery } from '@/api/me';

import { Gate, Hint, Refusal } from './Gate';
import { NewPassword, strengthOf } from './NewPassword';

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
      <Gate label="Set up" title="This link is not whole" words={<>Open the whole link that <code>outrider up</code> printed; it ends with a token.</>} />
    );
  const isReady = who.name.trim() !== '' && strengthOf(who.password, [who.name, who.email]).level > 1;
  return (
    <Gate
      label="Set up"
      title="Set up Outrider"
      words="You are the first here. Every decision names a person, so say who you are."
      submit={() => begin.mutate()}
    >
      <TextInput
        label="Your name"
        autoComplete="name"
        required
        autoFocus
        size="sm"
        maxLength={200}
        value={who.name}
        onChange={(event) => setWho({ ...who, name: event.currentTarget.value })}
      />
      <TextInput
        label="E-mail"
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
        Become the admin
      </Button>
      <Hint>This link works once, for 30 minutes. People whom you invite get links of their own.</Hint>
    </Gate>
  );
}
