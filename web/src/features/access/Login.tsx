// Sign in with address and password.
import '@mantine/core/styles/PasswordInput.layer.css';

import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';

import { api, ok, sentenceOf } from '@/api/client';
import { meQuery } from '@/api/me';

import { Mark } from '@/components/Mark';

import classes from './access.module.css';
import { COMMAND, say, told } from './texts';

export function Login() {
  const client = useQueryClient();
  const router = useRouter();
  const { next } = useSearch({ from: '/login' });
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const enter = useMutation({
    mutationFn: () => ok(api.POST('/api/login', { body: { email, password } })),
    onSuccess: async () => {
      client.clear();
      await client.fetchQuery(meQuery);
      router.history.push(next?.startsWith('/') && !next.startsWith('//') ? next : '/inbox');
    },
  });
  const options = useQuery({
    queryKey: ['login', 'options'],
    queryFn: () => ok(api.GET('/api/login')),
    staleTime: Infinity,
  });
  const signOn = options.data?.sign_on;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate();
  };
  return (
    <main className={classes.page}>
      <form className={classes.card} onSubmit={submit} aria-label={say('signIn')}>
        <Mark size={36} />
        <h1 className={classes.title}>{say('signInTo')}</h1>
        <p className={classes.words}>{say('motto')}</p>
        <TextInput
          label={say('email')}
          type="email"
          autoComplete="username"
          required
          autoFocus
          size="sm"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label={say('password')}
          autoComplete="current-password"
          required
          size="sm"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {enter.isError && (
          <p className={classes.error} role="alert">
            {sentenceOf(enter.error)}
          </p>
        )}
        <Button type="submit" size="sm" fullWidth loading={enter.isPending}>
          {say('signIn')}
        </Button>
        {signOn && (
          <Button component="a" href={signOn} size="sm" variant="default" fullWidth>
            {say('companySignIn')}
          </Button>
        )}
        <p className={classes.hint}>
          {told('firstTime', { command: <code>{COMMAND}</code> })}
        </p>
      </form>
    </main>
  );
}
