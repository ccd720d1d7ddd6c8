// The page behind an invitation's link: a name and a password, or the company's own login.
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';

import { api, ok, sentenceOf, type Schemas } from '@/api/client';
import { meQuery } from '@/api/me';

import { Gate, Hint, Refusal } from './Gate';
import { NewPassword, strengthOf } from './NewPassword';
import { roleOf, say } from './texts';

type Invited = Schemas['Invited'];

export function Join() {
  const { token = '' } = useSearch({ from: '/join' });
  const found = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => ok<Invited>(api.POST('/api/invitation', { body: { token } })),
    retry: false,
    staleTime: Infinity,
  });
  if (found.isLoading) return <Gate label={say('invitation')} title={say('oneMoment')} words={say('looking')} />;
  if (!found.data)
    return (
      <Gate label={say('invitation')} title={say('deadLink')} words={sentenceOf(found.error)}>
        <Button component="a" href="/login" variant="default" size="sm" fullWidth>
          {say('havePassword')}
        </Button>
      </Gate>
    );
  return <Accept invited={found.data} token={token} />;
}

function Accept({ invited, token }: { invited: Invited; token: string }) {
  const client = useQueryClient();
  const router = useRouter();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const enter = useMutation({
    mutationFn: () => ok(api.POST('/api/join', { body: { token, name, password } })),
    onSuccess: async () => {
      client.clear();
      await client.fetchQuery(meQuery);
      router.history.replace('/inbox');
    },
  });
  const isNew = invited.role !== null;
  const isReady = (!isNew || name.trim() !== '') && strengthOf(password, [name, invited.email]).level > 1;
  return (
    <Gate
      label={say(isNew ? 'join' : 'newPassword')}
      title={isNew ? say('joinWorkspace', { workspace: invited.workspace }) : say('choosePassword')}
      words={isNew ? say('invitedAs', { email: invited.email, role: roleOf(invited.role) }) : say('forWhom', { email: invited.email })}
      submit={() => enter.mutate()}
    >
      <input type="hidden" name="username" autoComplete="username" value={invited.email} readOnly />
      {isNew && (
        <TextInput
          label={say('yourName')}
          autoComplete="name"
          required
          autoFocus
          size="sm"
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
      <NewPassword value={password} change={setPassword} known={[name, invited.email]} />
      {enter.isError && <Refusal>{sentenceOf(enter.error)}</Refusal>}
      <Button type="submit" size="sm" fullWidth loading={enter.isPending} disabled={!isReady}>
        {say(isNew ? 'join' : 'setPassword')}
      </Button>
      {invited.sign_on && (
        <>
          <Button component="a" href={invited.sign_on} size="sm" variant="default" fullWidth>
            {say('companyJoin')}
          </Button>
          <Hint>{say('thenNone')}</Hint>
        </>
      )}
    </Gate>
  );
}
