// What an agent is here: any field can be changed by those who may, and be put back to what is shipped.
import { Button, Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';

import { useMay } from '@/api/me';
import { Notice, Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';
import { moment } from '@/lib/time';

import classes from './agents.module.css';
import { useWords, type Field, type Words } from './changing';
import { useChange, type Agent } from './queries/agents';
import { say } from './texts';
import { ToolChoice } from './ToolChoice';

export function AgentForm({ agent }: { agent: Agent }) {
  const mayWrite = useMay('agents.write');
  const change = useChange(agent.name);
  const form = useWords(agent);
  const { words, changed, set } = form;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(form.body());
  };
  const putBack = (name: Field) => change.mutate({ [name]: null });
  const mark = (name: Field, label: string) => (
    <Marked agent={agent} name={name} label={label} {...(mayWrite ? { putBack } : {})} />
  );
  const text = (name: Exclude<keyof Words, 'tools' | 'is_scheduled' | 'is_enabled'>, label: string) => ({
    size: 'sm' as const,
    'aria-label': label,
    label: mark(name, label),
    readOnly: !mayWrite,
    value: words[name],
    onChange: (event: { currentTarget: { value: string } }) => set(name, event.currentTarget.value),
  });
  const check = (name: 'is_enabled' | 'is_scheduled', label: string) => ({
    size: 'sm' as const,
    'aria-label': label,
    label: mark(name, label),
    disabled: !mayWrite,
    checked: words[name],
    onChange: (event: { currentTarget: { checked: boolean } }) => set(name, event.currentTarget.checked),
  });
  return (
    <form className={`${parts.card} ${parts.form} ${classes.form}`} onSubmit={submit} aria-label={say('whatIsSet')}>
      {!mayWrite && <p className="quiet">{say('mayNot')}</p>}
      <div className={classes.checks}>
        <Checkbox {...check('is_enabled', say('isEnabled'))} />
        <Checkbox {...check('is_scheduled', say('isScheduled'))} />
      </div>
      <div className={parts.two}>
        <Textarea autosize minRows={2} maxRows={8} description={say('scheduleHint').replaceAll('`', '')} placeholder={say('onlyWhenAsked')} {...text('schedule', say('schedule'))} />
        <TextInput {...text('timezone', say('timezone'))} />
        <NativeSelect
          {...text('tier', say('tier'))}
          disabled={!mayWrite}
          data={(['light', 'mid', 'heavy'] as const).map((one) => ({ value: one, label: say(one) }))}
        />
        <TextInput inputMode="decimal" {...text('budget_usd', say('budget'))} />
        <TextInput inputMode="numeric" {...text('most_turns', say('turns'))} />
        <TextInput placeholder={say('toNobody')} {...text('hands_to', say('handsTo'))} />
        <TextInput {...text('prompt', say('prompt'))} />
      </div>
      <Textarea autosize minRows={2} maxRows={10} maxLength={4000} description={say('taskHint')} {...text('task', say('task'))} />
      <ToolChoice agent={agent} chosen={words.tools} mark={mark('tools', say('hisTools', { count: words.tools.length }))} {...(mayWrite ? { choose: (tools: readonly string[]) => set('tools', tools) } : {})} />
      <Trouble error={change.error} />
      {change.isSuccess && changed.length === 0 && <Notice tone="good">{say('saved')}</Notice>}
      {changed.length > 0 && mayWrite && (
        <div className={parts.actions}>
          <Button type="submit" loading={change.isPending}>
            {say('save')}
          </Button>
          <Button variant="subtle" color="gray" onClick={form.undo}>
            {say('undo')}
          </Button>
        </div>
      )}
      {agent.changed_at && (
        <p className="quiet">
          {say('changedBy', { when: moment(agent.changed_at), who: agent.changed_by ?? say('theFleet') })}
        </p>
      )}
    </form>
  );
}

interface MarkProps {
  agent: Agent;
  name: Field;
  label: string;
  putBack?: (name: Field) => void;
}

/** A field's name, and whether it was changed here. */
function Marked({ agent, name, label, putBack }: MarkProps) {
  if (!agent.overridden.includes(name)) return label;
  return (
    <span className={classes.marked}>
      {label}
      <span className={parts.badge} data-tone="warn">
        {say('wasShipped')}
      </span>
      {putBack && (
        <Button
          size="compact-sm"
          variant="subtle"
          aria-label={say('putBack', { field: label })}
          onClick={(event) => {
            event.preventDefault();
            putBack(name);
          }}
        >
          {say('putBackShort')}
        </Button>
      )}
    </span>
  );
}
