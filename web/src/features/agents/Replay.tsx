// A run once more from its records, perhaps with another model; where it would go another way.
import { Button, Textarea, TextInput } from '@mantine/core';
import { IconRepeat } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';

import { Notice, Trouble } from '@/components/Notice';
import { Part } from '@/components/Screen';
import parts from '@/components/parts.module.css';
import { usd } from '@/lib/texts/format';

import classes from './agents.module.css';
import { columnsOf } from './columns';
import { useReplay, type Detail, type Replayed } from './queries/runs';
import { say } from './texts';

export function Replay({ run }: { run: Detail }) {
  const replay = useReplay(run.id);
  const [model, setModel] = useState('');
  const [prompt, setPrompt] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    replay.mutate({
      ...(model.trim() ? { model: model.trim() } : {}),
      ...(prompt.trim() ? { prompt: prompt.trim() } : {}),
    });
  };
  return (
    <Part title={say('replay')}>
      <form className={`${parts.card} ${parts.form} ${classes.form}`} onSubmit={submit} aria-label={say('replay')}>
        <p className="quiet">{say('replayAbout')}</p>
        <div className={parts.two}>
          <TextInput size="sm" label={say('model')} description={say('modelHint')} maxLength={200} value={model} onChange={(event) => setModel(event.currentTarget.value)} />
          <Textarea size="sm" label={say('otherPrompt')} description={say('otherPromptHint')} autosize minRows={1} maxRows={12} value={prompt} onChange={(event) => setPrompt(event.currentTarget.value)} />
        </div>
        <div className={parts.actions}>
          <Button type="submit" leftSection={<IconRepeat size={14} />} loading={replay.isPending}>
            {say('replayNow')}
          </Button>
        </div>
        <Trouble error={replay.error} />
        {replay.data && <Found found={replay.data} />}
      </form>
    </Part>
  );
}

function Found({ found }: { found: Replayed }) {
  const isSame = found.differences.length === 0;
  return (
    <div aria-live="polite">
      <Notice tone={isSame ? 'good' : 'warn'}>
        <strong>
          {isSame ? say('same', { count: found.steps }) : say('differs', { count: found.differences.length })}
        </strong>{' '}
        {say('costs', { before: usd(found.cost_before_usd), now: usd(found.cost_usd) })}
      </Notice>
      {!isSame && found.text && <p className={classes.words}>{say('ends', { text: found.text })}</p>}
      {found.differences.map((one, place) => (
        <section key={`${place}`} className={classes.difference}>
          <h3>{say('differsAt', { step: one.step, what: one.what })}</h3>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by key */}
          <div className={classes.scrolls} tabIndex={0} role="region" aria-label={say('differsAt', { step: one.step, what: one.what })}>
            <table className={classes.compared}>
              <thead>
                <tr>
                  <th scope="col">{say('recorded')}</th>
                  <th scope="col">{say('replayed')}</th>
                </tr>
              </thead>
              <tbody>
                {columnsOf(one.lines).map((row, line) => (
                  <tr key={`${line}`}>
                    <td data-changed={row.isChanged && row.before !== null ? 'was' : undefined}>{row.before}</td>
                    <td data-changed={row.isChanged && row.after !== null ? 'is' : undefined}>{row.after}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      ))}
    </div>
  );
}
