// What decides who decides: the policy that holds, tried on past drafts before it is published.
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';

import { useMay } from '@/api/me';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Notice, Trouble } from '@/components/Notice';
import { Part, Table } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { day } from '@/lib/time';

import { useCampaignNames, useHistory, useNames, usePolicy, usePublish, useRestore, useTrial, type Stored } from './queries/policies';
import classes from './settings.module.css';
import { Tried } from './Tried';
import { say } from './texts';

export function Policies() {
  const [campaign, setCampaign] = useState('');
  const campaigns = useCampaignNames(useMay('campaigns.read')).data ?? [];
  const found = usePolicy(campaign);
  return (
    <>
      <NativeSelect
        label={say('policyOf')}
        size="xs"
        w={260}
        mb={16}
        data={[{ value: '', label: say('wholeWorkspace') }, ...campaigns.map(({ id, name }) => ({ value: id, label: say('campaignName', { name }) }))]}
        value={campaign}
        onChange={(event) => setCampaign(event.currentTarget.value)}
      />
      {found.isLoading && <Loading />}
      {found.isError && !found.data && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.data && <Editor key={`${campaign}:${found.data.version}`} stored={found.data} campaign={campaign} />}
      <Versions campaign={campaign} />
      <Names />
    </>
  );
}

function Editor({ stored, campaign }: { stored: Stored; campaign: string }) {
  const mayWrite = useMay('policies.write');
  const [toml, setToml] = useState(stored.toml);
  const [note, setNote] = useState('');
  const trial = useTrial(campaign);
  const publish = usePublish(campaign);
  const isChanged = toml !== stored.toml;
  const named = stored.version === 0 ? say('builtIn') : say('versionIs', { version: stored.version });
  return (
    <Part title={say('policyHolds')} aside={named}>
      {stored.warnings.map((warning) => (
        <Notice key={warning} tone="warn">
          {warning}
        </Notice>
      ))}
      <Textarea
        aria-label={say('policyAsPolicyFile')}
        autosize
        minRows={8}
        maxRows={26}
        readOnly={!mayWrite}
        spellCheck={false}
        classNames={{ input: classes.toml ?? '' }}
        value={toml}
        onChange={(event) => {
          setToml(event.currentTarget.value);
          trial.reset();
        }}
      />
      <div className={classes.policyActions}>
        <Button variant="default" loading={trial.isPending} onClick={() => trial.mutate(toml)}>
          {say('tryOnLast30')}
        </Button>
        {mayWrite && isChanged && (
          <>
            <TextInput aria-label={say('whatChange')} placeholder={say('whatChange')} size="xs" maxLength={200} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
            <Button loading={publish.isPending} onClick={() => publish.mutate({ toml, note: note.trim() })}>
              {say('publishAsNextVersion')}
            </Button>
            <Button variant="subtle" color="gray" onClick={() => setToml(stored.toml)}>
              {say('undo')}
            </Button>
          </>
        )}
      </div>
      <Trouble error={publish.error ?? trial.error} />
      {trial.data && <Tried trial={trial.data} />}
    </Part>
  );
}

function Versions({ campaign }: { campaign: string }) {
  const found = useHistory(campaign);
  const mayWrite = useMay('policies.write');
  const restore = useRestore(campaign);
  const all = found.data ?? [];
  if (all.length === 0) return null;
  return (
    <Part title={say('versions')}>
      <Trouble error={restore.error} />
      <Table label={say('versionsPolicy')} head={[say('version'), say('since'), say('whatFor'), '']}>
        {all.map((one, place) => (
          <tr key={one.version}>
            <td className="tabular">{one.version}</td>
            <td className={parts.when}>{one.created_at ? day(one.created_at) : ''}</td>
            <td>{one.note || <span className="quiet">{say('notSaid')}</span>}</td>
            <td className={classes.menu}>
              {place === 0 && !one.ended_at ? (
                <span className={parts.badge} data-tone="good">
                  {say('holds')}
                </span>
              ) : (
                mayWrite && (
                  <Button variant="subtle" loading={restore.isPending} onClick={() => restore.mutate(one.version)}>
                    {say('putForceAgain')}
                  </Button>
                )
              )}
            </td>
          </tr>
        ))}
      </Table>
    </Part>
  );
}

function Names() {
  const names = useNames().data ?? [];
  if (names.length === 0) return null;
  return (
    <details className={classes.names}>
      <summary>{say('whatConditionCanSee')}</summary>
      <Table label={say('namesConditions')} head={[say('name'), say('kind'), say('meaning')]}>
        {names.map((one) => (
          <tr key={one.name}>
            <td>
              <code>{one.name}</code>
            </td>
            <td className="quiet">{one.type}</td>
            <td>{one.meaning}</td>
          </tr>
        ))}
      </Table>
    </details>
  );
}
