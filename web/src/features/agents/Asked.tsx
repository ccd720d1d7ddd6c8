// Calls that wait for a person: what an agent wants to do, with which words, and why it may not alone.
import { Button, TextInput } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useState } from 'react';

import { useMay } from '@/api/me';
import { Trouble } from '@/components/Notice';
import { Part } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { relative, useNow } from '@/lib/time';

import classes from './agents.module.css';
import { useAnswer, useAsked, type Asked as Call } from './queries/asked';
import { say } from './texts';

/** Those of one run, or of all; nothing where none waits. */
export function Asked({ run }: { run?: string }) {
  const found = useAsked();
  const calls = (found.data ?? []).filter((one) => !run || one.run_id === run);
  if (calls.length === 0) return null;
  return (
    <Part title={say('itWaits', { count: calls.length })} aside={say('waitsAbout')}>
      {calls.map((one) => (
        <One key={one.id} call={one} />
      ))}
    </Part>
  );
}

function One({ call }: { call: Call }) {
  const now = useNow(30_000);
  const mayAnswer = useMay('drafts.decide');
  const answer = useAnswer(call.id);
  const [note, setNote] = useState('');
  const give = (isApproved: boolean) =>
    answer.mutate({ is_approved: isApproved, note: note.trim() || null });
  return (
    <section className={`${parts.card} ${classes.asked}`} aria-label={say('wantsCall', { agent: call.agent_name, tool: call.tool })}>
      <p className={classes.sum}>{say('wantsCall', { agent: call.agent_name, tool: call.tool })}</p>
      <p className="quiet">
        {say('askedWhy', { why: call.reason, when: relative(call.asked_at, now) })}
      </p>
      <dl className={classes.fields}>
        {Object.entries(call.input).map(([name, value]) => (
          <Field key={name} name={name} value={value} />
        ))}
      </dl>
      {mayAnswer ? (
        <>
          <TextInput
            size="sm"
            label={say('wordToAgent')}
            maxLength={500}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <div className={parts.actions}>
            <Button leftSection={<IconCheck size={14} />} loading={answer.isPending} onClick={() => give(true)}>
              {say('yesDo')}
            </Button>
            <Button variant="default" leftSection={<IconX size={14} />} disabled={answer.isPending} onClick={() => give(false)}>
              {say('noDont')}
            </Button>
          </div>
        </>
      ) : (
        <p className="quiet">{say('mayNotAnswer')}</p>
      )}
      <Trouble error={answer.error} />
    </section>
  );
}

function Field({ name, value }: { name: string; value: unknown }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className={classes.words}>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
    </>
  );
}
