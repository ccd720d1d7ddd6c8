// Drafts alike approved together: the server names the samples that must be read one by one first.
import { Button, Loader, Modal } from '@mantine/core';
import { IconCircle, IconCircleCheck } from '@tabler/icons-react';
import { useEffect } from 'react';

import { sentenceOf } from '@/api/client';

import classes from './Inbox.module.css';
import { useApproveTogether, usePropose, type Plan } from './queries/alike';
import type { Line } from './queries/list';
import type { Selection } from './useSelection';
import { say } from './writingTexts';

interface Props {
  lines: readonly Line[];
  selection: Selection;
  open: (number: number) => void;
  close: () => void;
}

const KEPT = 'outrider.alike';

/** The plan whose samples are being read, over reloads of this tab. */
function kept(): Plan | null {
  const stored = sessionStorage.getItem(KEPT);
  return stored ? (JSON.parse(stored) as Plan) : null;
}

export default function Bulk({ lines, selection, open, close }: Props) {
  const propose = usePropose();
  const together = useApproveTogether();
  const { mutate } = propose;
  const chosen = lines.find((line) => selection.has(line.number)) ?? lines[0];
  const campaign = chosen?.campaign;
  const step = selection.numbers.length > 0 ? (chosen?.step ?? null) : null;
  const earlier = kept();
  useEffect(() => {
    if (campaign && !kept())
      mutate(
        { campaign, step },
        { onSuccess: (plan) => sessionStorage.setItem(KEPT, JSON.stringify(plan)) },
      );
  }, [mutate, campaign, step]);
  const plan = propose.data ?? earlier;
  const done = () => {
    sessionStorage.removeItem(KEPT);
    selection.clear();
    close();
  };
  return (
    <Modal opened onClose={close} title={say('alike')} size="lg">
      {propose.isError && <p className={classes.words}>{sentenceOf(propose.error)}</p>}
      {propose.isPending && !plan && <Loader size="sm" />}
      {plan && !together.data && (
        <Steps
          plan={plan}
          lines={lines}
          open={(number) => {
            close();
            open(number);
          }}
        />
      )}
      {together.isError && <p className={classes.refusal}>{sentenceOf(together.error)}</p>}
      {together.data && (
        <p className={classes.words}>
          {say('approvedCount', { count: together.data.approved.length })}
          {together.data.refused.map((one) => (
            <span key={one.number}>
              <br />
              {say('notApproved', { number: String(one.number), why: one.why })}
            </span>
          ))}
        </p>
      )}
      <div className={classes.actions}>
        <Button variant="default" onClick={done}>
          {say(together.data ? 'done' : 'drop')}
        </Button>
        {plan && !together.data && (
          <Button loading={together.isPending} onClick={() => together.mutate(plan)}>
            {say('approveOthers', { count: plan.items.length - plan.samples.length })}
          </Button>
        )}
      </div>
    </Modal>
  );
}

function Steps({
  plan,
  lines,
  open,
}: {
  plan: Plan;
  lines: readonly Line[];
  open: (number: number) => void;
}) {
  const waiting = new Set(lines.map((line) => line.number));
  const samples = plan.items.filter((item) => plan.samples.includes(item.id));
  return (
    <>
      <p className={classes.words}>
        {say('alikeAbout', { count: plan.items.length, samples: samples.length })}
      </p>
      <ul className={classes.samples}>
        {samples.map((item) => (
          <li key={item.id}>
            {waiting.has(item.number) ? (
              <IconCircle size={16} aria-label={say('toRead')} />
            ) : (
              <IconCircleCheck size={16} aria-label={say('decided')} />
            )}
            <Button variant="subtle" size="compact-sm" onClick={() => open(item.number)}>
              {say('draft', { number: String(item.number) })}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}
