// The question behind the kill switch: why, and yes.
import { Button, Modal, Textarea } from '@mantine/core';
import { IconHandStop, IconPlayerPlay } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';

import { sentenceOf } from '@/api/client';

import { useMoveSwitch, type SwitchLine, type Switches } from './queries';
import { Standing } from './Standing';
import classes from './switches.module.css';
import { say } from './killTexts';

interface Props {
  switches: Switches;
  close: () => void;
}

export default function KillDialog({ switches, close }: Props) {
  return (
    <Modal opened onClose={close} title={say(switches.halted ? 'isHalted' : 'haltSending')}>
      <Ask switches={switches} close={close} />
    </Modal>
  );
}

function Ask({ switches, close }: { switches: Switches; close: () => void }) {
  const [reason, setReason] = useState('');
  const move = useMoveSwitch();
  const { halted } = switches;
  const own = switches.items.find((one) => one.scope === 'workspace');
  const isGlobal = halted && own === undefined;
  const may = halted ? switches.may_lift : switches.may_halt;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    move.mutate(
      { scope: 'workspace', target: '', is_on: !halted, reason: reason.trim() },
      { onSuccess: close },
    );
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <Explained halted={halted} items={switches.items} />
      {isGlobal ? (
        <p className={classes.no}>
          {say('everywhere')}
        </p>
      ) : may ? (
        <>
          <Textarea
            label={say(halted ? 'whyOn' : 'why')}
            description={say('inTheLog')}
            required
            autosize
            minRows={2}
            data-autofocus
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {move.isError && <p className={classes.error}>{sentenceOf(move.error)}</p>}
          <div className={classes.actions}>
            <Button variant="default" onClick={close}>
              {say('cancel')}
            </Button>
            <Button
              type="submit"
              color={halted ? 'pine' : 'red.8'}
              loading={move.isPending}
              disabled={reason.trim() === ''}
              leftSection={halted ? <IconPlayerPlay size={15} /> : <IconHandStop size={15} />}
            >
              {say(halted ? 'letGoOn' : 'haltAll')}
            </Button>
          </div>
        </>
      ) : (
        <p className={classes.no}>
          {say(halted ? 'mayNotLift' : 'mayNotHalt')}
        </p>
      )}
    </form>
  );
}

function Explained({ halted, items }: { halted: boolean; items: readonly SwitchLine[] }) {
  return (
    <>
      <p className={classes.words}>
        {say(halted ? 'waits' : 'fromNowOn')}
      </p>
      {items.length > 0 && (
        <ul className={classes.list}>
          {items.map((one) => (
            <li key={`${one.scope}:${one.target}`}>
              <Standing of={one} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
