// What is kept of one person, to hand over to them; and its erasure, for which there is no way back.
import { Button, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';

import { useMay } from '@/api/me';
import { Notice, Trouble } from '@/components/Notice';
import { Part, Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';

import { useAbout, useErase, type Erased, type Kept } from './queries/privacy';
import classes from './settings.module.css';
import { Sure } from './Sure';
import { say } from './texts';

export function Privacy() {
  const [email, setEmail] = useState('');
  const [reason, setReason] = useState('');
  const [isAsked, setAsked] = useState(false);
  const about = useAbout();
  const erase = useErase();
  const mayErase = useMay('privacy.erase');
  const look = (event: FormEvent) => {
    event.preventDefault();
    erase.reset();
    about.mutate(email.trim());
  };
  const ask = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
  };
  const done = () => {
    setAsked(false);
    setReason('');
    about.reset();
  };
  return (
    <>
      <Part title={say('onePerson')} aside={say('onePersonAbout')}>
        <form className={classes.search} onSubmit={look} aria-label={say('onePerson')}>
          <TextInput label={say('eMailAddress')} type="email" required size="sm" w={300} maxLength={320} value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
          <Button type="submit" size="sm" variant="default" loading={about.isPending}>
            {say('showKept')}
          </Button>
        </form>
        <Trouble error={about.error} />
        {about.data && <Rows kept={about.data} />}
        {erase.data && <Done erased={erase.data} />}
      </Part>
      {mayErase && about.data && (
        <Part title={say('erase')} aside={say('eraseAbout')}>
          <form className={classes.search} onSubmit={ask} aria-label={say('erase')}>
            <TextInput label={say('why')} description={say('whyErase')} required size="sm" w={300} maxLength={300} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
            <Button type="submit" size="sm" color="red.8" disabled={reason.trim() === ''}>
              {say('eraseThem')}
            </Button>
          </form>
        </Part>
      )}
      {isAsked && (
        <Sure title={say('eraseSure', { email: email.trim() })} words={say('eraseWords')} yes={say('eraseYes')} isGrave isBusy={erase.isPending} error={erase.error} close={() => setAsked(false)} act={() => erase.mutate({ email: email.trim(), reason: reason.trim() }, { onSuccess: done })} />
      )}
    </>
  );
}

function Rows({ kept }: { kept: Kept }) {
  const tables = Object.entries(kept).map(([name, rows]) => [name, Array.isArray(rows) ? rows.length : 1] as const);
  const save = () => {
    const address = URL.createObjectURL(new Blob([JSON.stringify(kept, null, 1)], { type: 'application/json' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = 'person.json';
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <>
      <Table label={say('whatIsKept')} head={[say('keptIn'), say('rows')]}>
        {tables.map(([name, count]) => (
          <tr key={name}>
            <td>{name.replaceAll('_', ' ')}</td>
            <td className="tabular">{count}</td>
          </tr>
        ))}
      </Table>
      <p>
        <Button variant="default" leftSection={<IconDownload size={14} />} onClick={save}>
          {say('saveAll')}
        </Button>
      </p>
    </>
  );
}

function Done({ erased }: { erased: Erased }) {
  const rows = erased.items.flatMap((one) => Object.values(one.rows)).reduce((sum, count) => sum + count, 0);
  const mails = erased.items.reduce((sum, one) => sum + one.mails, 0);
  return (
    <Notice tone="good">
      <p>{say('erased', { count: rows, mails })}</p>
      <p className={parts.under}>{say('beyond')}</p>
      <ul>
        {erased.out_of_reach.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </Notice>
  );
}
