// The log that nobody can change unseen: who did what, when, about what.
import { Button, TextInput } from '@mantine/core';
import { IconDownload, IconShieldCheck } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';

import { Empty } from '@/components/Empty';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Part, Screen, Table } from '@/components/Screen';
import { instant } from '@/lib/time';

import classes from './audit.module.css';
import { fileOf, useLog, type LogEvent, type Wanted } from './queries';
import { State } from './State';
import { say } from './texts';

const FIELDS = [
  ['person', 'personExample'],
  ['action', 'actionExample'],
  ['mail', 'mailExample'],
] as const;

export function Audit() {
  const [wanted, setWanted] = useState<Wanted>({});
  const log = useLog(wanted);
  const isEmpty = !log.isLoading && !log.isError && log.events.length === 0;
  return (
    <Screen title={say('audit')} about={say('about')}>
      <State />
      <Part
        title={say('events')}
        act={
          log.events.length > 0 && (
            <Button
              component="a"
              href={fileOf(wanted)}
              download
              size="xs"
              variant="default"
              leftSection={<IconDownload size={14} />}
            >
              {say('download')}
            </Button>
          )
        }
      >
        <Search search={setWanted} />
        {log.isLoading && <Loading lines={8} />}
        {log.isError && <Failed error={log.error} again={() => void log.refetch()} />}
        {isEmpty && <Empty title={say('noEvent')} icon={<IconShieldCheck size={22} />} />}
        {log.events.length > 0 && (
          <Table label={say('events')} head={[say('when'), say('who'), say('what'), say('aboutWhat'), say('sealed')]}>
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
            {say('older')}
          </Button>
        )}
      </Part>
    </Screen>
  );
}

function Row({ event }: { event: LogEvent }) {
  const more = Object.entries(event.body).filter(([, value]) => value !== null && value !== '');
  return (
    <tr>
      <td className={classes.when}>{instant(event.at)}</td>
      <td>{event.who}</td>
      <td>
        <strong>{event.action}</strong>
        {more.length > 0 && (
          <details className={classes.more}>
            <summary>{event.outcome || say('details')}</summary>
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
      <td className={classes.subject} title={event.subject}>
        {event.subject}
        {event.contact && <span className={classes.contact}>{personOf(event.contact)}</span>}
      </td>
      <td className="tabular">
        {event.leaf_no === null ? say('inASecond') : say('leaf', { number: event.leaf_no })}
      </td>
    </tr>
  );
}

/** Whom an event tells of, in one line; a word such as `erased` where nobody can read it any more. */
const personOf = (contact: NonNullable<LogEvent['contact']>): string =>
  typeof contact === 'string' ? contact : Object.values(contact).join(', ');

function Search({ search }: { search: (wanted: Wanted) => void }) {
  const [words, setWords] = useState({ person: '', action: '', mail: '' });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = Object.entries(words).filter(([, value]) => value.trim() !== '');
    search(Object.fromEntries(given.map(([name, value]) => [name, value.trim()])));
  };
  return (
    <form className={classes.search} onSubmit={submit}>
      {FIELDS.map(([name, example]) => (
        <TextInput
          key={name}
          size="sm"
          label={say(name)}
          placeholder={say(example)}
          value={words[name]}
          onChange={(event) => setWords({ ...words, [name]: event.currentTarget.value })}
        />
      ))}
      <Button type="submit" size="sm">
        {say('search')}
      </Button>
    </form>
  );
}
