// The log that nobody can change unseen: who did what, when, about what.
import { Button, TextInput } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';

import { Empty } from '@/components/Empty';
import { Failed } from '@/components/Failed';
import { Screen, Table } from '@/components/Screen';
import { moment } from '@/lib/time';

import classes from './audit.module.css';
import { useLog, type LogEvent, type Wanted } from './queries';

const FIELDS = [
  ['person', 'Address of a person', 'mia@brand.example'],
  ['action', 'Room, or room.verb', 'drafts.approve'],
  ['mail', 'Message-ID', '<…@try-brand.example>'],
] as const;

export function Audit() {
  const [wanted, setWanted] = useState<Wanted>({});
  const log = useLog(wanted);
  return (
    <Screen
      title="Audit"
      about="Every change, with who made it. Events are sealed within a second; a sealed one cannot be changed unseen."
    >
      <Search search={setWanted} />
      {log.isError && <Failed error={log.error} again={() => void log.refetch()} />}
      {!log.isLoading && !log.isError && log.events.length === 0 && (
        <Empty title="No event fits" icon={<IconShieldCheck size={22} />} />
      )}
      {log.events.length > 0 && (
        <Table head={['When', 'Who', 'What', 'About', 'Sealed']}>
          {log.events.map((event) => (
            <Row key={event.id} event={event} />
          ))}
        </Table>
      )}
      {log.hasNextPage && (
        <Button
          mt="md"
          variant="default"
          loading={log.isFetchingNextPage}
          onClick={() => void log.fetchNextPage()}
        >
          Show older ones
        </Button>
      )}
    </Screen>
  );
}

function Row({ event }: { event: LogEvent }) {
  const more = Object.entries(event.body).filter(([, value]) => value !== null && value !== '');
  return (
    <tr>
      <td className={classes.when}>{moment(event.at)}</td>
      <td>{event.who}</td>
      <td>
        <strong>{event.action}</strong>
        {more.length > 0 && (
          <details className={classes.more}>
            <summary>{event.outcome || 'details'}</summary>
            <dl>
              {more.map(([name, value]) => (
                <div key={name}>
                  <dt>{name.replaceAll('_', ' ')}</dt>
                  <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </td>
      <td className={classes.subject}>{event.subject}</td>
      <td className="tabular">{event.is_sealed ? `leaf ${event.leaf_no}` : 'in a second'}</td>
    </tr>
  );
}

function Search({ search }: { search: (wanted: Wanted) => void }) {
  const [words, setWords] = useState({ person: '', action: '', mail: '' });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = Object.entries(words).filter(([, value]) => value.trim() !== '');
    search(Object.fromEntries(given.map(([name, value]) => [name, value.trim()])));
  };
  return (
    <form className={classes.search} onSubmit={submit}>
      {FIELDS.map(([name, label, example]) => (
        <TextInput
          key={name}
          size="sm"
          label={label}
          placeholder={example}
          value={words[name]}
          onChange={(event) => setWords({ ...words, [name]: event.currentTarget.value })}
        />
      ))}
      <Button type="submit" size="sm">
        Search
      </Button>
    </form>
  );
}
