// Why did this person get this mail? From its Message-ID back to the source of every word.
import { Button, TextInput } from '@mantine/core';
import { IconRoute } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';

import { Empty } from '@/components/Empty';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Screen } from '@/components/Screen';

import { useTrace } from './queries';
import { Story } from './Story';
import { say, told } from './texts';
import classes from './trace.module.css';

export function Trace() {
  const { id = '' } = useSearch({ from: '/inside/trace' });
  const found = useTrace(id);
  return (
    <Screen title={say('trace')} about={say('about')}>
      <Ask key={id} id={id} />
      {id === '' && (
        <Empty title={say('giveOne')} icon={<IconRoute size={22} />}>
          {told('whereItStands', { outbox: <Link to="/sending">{say('outbox')}</Link> })}
        </Empty>
      )}
      {found.isLoading && <Loading lines={8} />}
      {found.isError && <Failed error={found.error} />}
      {found.data && <Story story={found.data} />}
    </Screen>
  );
}

function Ask({ id }: { id: string }) {
  const [words, setWords] = useState(id);
  const navigate = useNavigate();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void navigate({ to: '/trace', search: { id: words.trim() } });
  };
  return (
    <form className={classes.ask} onSubmit={submit}>
      <TextInput
        className={classes.field}
        size="sm"
        aria-label={say('messageId')}
        placeholder={say('example')}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      <Button type="submit" size="sm" disabled={!words.trim()}>
        {say('ask')}
      </Button>
    </form>
  );
}
