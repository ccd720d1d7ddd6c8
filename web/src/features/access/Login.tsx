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
      <form className={classes.card} onSubmit={submit} aria-label="Sign in">
        <Mark size={36} />
        <h1 className={classes.title}>Sign in to Outrider</h1>
        <p className={classes.words}>An agent proposes, you decide.</p>
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          autoFocus
          size="sm"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
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
          Sign in
        </Button>
        {signOn && (
          <Button component="a" href={signOn} size="sm" variant="default" fullWidth>
            Sign in with your company
          </Button>
        )}
        <p className={classes.hint}>
          First time here? Open the link that <code>outrider up</code> printed in the terminal. It
          makes you the admin.
        </p>
      </form>
    </main>
  );
}
