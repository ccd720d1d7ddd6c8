// The end of a form whose change needs a reason, which the log keeps; nothing while nothing is changed.
import { Button, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';

import { Notice, Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';

import { useChange, type Change, type Mailbox } from './mailboxes';
import { say } from './texts';

interface Props {
  box: Mailbox;
  label: string;
  isChanged: boolean;
  /** What is sent, beside the reason. */
  change: () => Omit<Change, 'reason'>;
  undo: () => void;
  /** What is told once it holds. */
  told: string;
  /** Whether that must be known before it is saved. */
  isTold?: boolean;
  children: ReactNode;
}

export function Reasoned({ box, label, isChanged, change: said, undo, told, isTold, children }: Props) {
  const [reason, setReason] = useState('');
  const change = useChange(box.address);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ ...said(), reason: reason.trim() }, { onSuccess: () => setReason('') });
  };
  return (
    <form className={`${parts.card} ${parts.form}`} onSubmit={submit} aria-label={label}>
      {children}
      {change.isSuccess && !isChanged && <Notice tone="good">{told}</Notice>}
      {isChanged && (
        <>
          {isTold && <Notice tone="warn">{told}</Notice>}
          <TextInput
            label={say('why')}
            description={say('standsInLog')}
            required
            size="xs"
            maxLength={300}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Trouble error={change.error} />
          <div className={parts.actions}>
            <Button type="submit" loading={change.isPending} disabled={reason.trim() === ''}>
              {say('save')}
            </Button>
            <Button variant="subtle" color="gray" onClick={undo}>
              {say('undo')}
            </Button>
          </div>
        </>
      )}
    </form>
  );
}

/** The words of a form, which of them are changed, and what each field needs. */
export function useWords<Words extends Record<string, string>>(before: Words, mayWrite: boolean) {
  const [words, setWords] = useState(before);
  const names = Object.keys(before) as Array<keyof Words & string>;
  const changed = names.filter((name) => words[name] !== before[name]);
  const field = (name: keyof Words & string) => ({
    size: 'xs' as const,
    disabled: !mayWrite,
    value: words[name] ?? '',
    onChange: (event: { currentTarget: { value: string } }) => setWords({ ...words, [name]: event.currentTarget.value }),
  });
  return { words, changed, field, undo: () => setWords(before) };
}
