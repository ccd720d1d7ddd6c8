// What services outside need: addresses that they call, and secrets, which go in and never come out.
import { Button } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useState } from 'react';

import { useMay } from '@/api/me';
import { Copied } from '@/components/Copied';
import { Empty } from '@/components/Empty';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Notice, Trouble } from '@/components/Notice';
import { Part, Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { day } from '@/lib/time';

import { NewSecret } from './NewSecret';
import { useRemoveSecret, useReseal, useServices, type Secret, type Services as All } from './queries/services';
import classes from './settings.module.css';
import { Sure } from './Sure';
import { say } from './texts';

export function Services() {
  const found = useServices();
  const mayWrite = useMay('settings.write');
  if (found.isLoading) return <Loading lines={8} />;
  if (!found.data) return <Failed error={found.error} again={() => void found.refetch()} />;
  const all = found.data;
  const maySet = mayWrite && all.may_store;
  return (
    <>
      {!all.may_store && <Notice tone="warn">{say('noMasterKey')}</Notice>}
      <Part title={say('webhooks')} aside={say('webhooksAbout')} act={maySet && <NewSecret providers={all.providers} />}>
        {all.webhooks.length === 0 && (
          <Empty title={say('noWebhook')} icon={<IconPlugConnected size={22} />}>
            {say('noWebhookAbout')}
          </Empty>
        )}
        {all.webhooks.map((one) => (
          <div key={one.name} className={classes.hook}>
            <strong>{one.provider}</strong>
            <Copied value={one.address} name={say('addressOf', { name: one.name })} />
          </div>
        ))}
      </Part>
      <Part title={say('secrets')} aside={say('secretsAbout')} act={maySet && <Buttons all={all} />}>
        {all.items.length === 0 && <p className={parts.none}>{say('noSecret')}</p>}
        {all.items.length > 0 && (
          <Table label={say('secrets')} head={[say('name'), say('usedFor'), say('kept'), say('since'), '']}>
            {all.items.map((one) => (
              <Line key={`${one.kept}:${one.name}`} of={one} maySet={maySet} />
            ))}
          </Table>
        )}
      </Part>
      <Part title={say('otherAddresses')}>
        <div className={classes.hooks}>
          {all.slack.map((address) => (
            <div key={address} className={classes.hook}>
              <strong>{address.endsWith('events') ? say('slackEvents') : say('slackActions')}</strong>
              <Copied value={address} name={say('addressOf', { name: address })} />
            </div>
          ))}
          <div className={classes.hook}>
            <strong>{say('twilio')}</strong>
            <Copied value={all.texts} name={say('addressOf', { name: all.texts })} />
          </div>
        </div>
      </Part>
    </>
  );
}

function Buttons({ all }: { all: All }) {
  const reseal = useReseal();
  const stored = all.items.some((one) => one.kept === 'workspace');
  return (
    <span className={parts.buttons}>
      {reseal.data && <span className="quiet">{say('resealed', { count: reseal.data.secrets })}</span>}
      <Trouble error={reseal.error} />
      {stored && (
        <Button variant="default" loading={reseal.isPending} onClick={() => reseal.mutate()}>
          {say('reseal')}
        </Button>
      )}
      <NewSecret />
    </span>
  );
}

const KEPT: Readonly<Record<string, string>> = { workspace: say('keptHere'), machine: say('keptForAll'), file: say('keptInFile') };

function Line({ of: secret, maySet }: { of: Secret; maySet: boolean }) {
  const [isAsked, setAsked] = useState(false);
  const remove = useRemoveSecret();
  return (
    <tr>
      <td>
        <code>{secret.name}</code>
      </td>
      <td>{secret.used_for || <span className="quiet">{say('usedForNothing')}</span>}</td>
      <td className="quiet">{KEPT[secret.kept] ?? secret.kept}</td>
      <td className={parts.when}>{secret.set_at && day(secret.set_at)}</td>
      <td className={classes.menu}>
        {maySet && !secret.name.startsWith('dkim-') && <NewSecret name={secret.name} />}
        {maySet && secret.kept === 'workspace' && (
          <Button variant="subtle" color="gray" onClick={() => setAsked(true)}>
            {say('remove')}
          </Button>
        )}
        {isAsked && (
          <Sure title={say('removeSecret', { name: secret.name })} words={say('removeSecretAbout')} yes={say('removeIt')} isGrave isBusy={remove.isPending} error={remove.error} close={() => setAsked(false)} act={() => remove.mutate(secret.name, { onSuccess: () => setAsked(false) })} />
        )}
      </td>
    </tr>
  );
}
