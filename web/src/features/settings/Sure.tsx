// A question before something that cannot be taken back with one click.
import { Button, Modal } from '@mantine/core';

import { Trouble } from '@/components/Notice';
import parts from '@/components/parts.module.css';
import { say } from './texts';

interface Props {
  title: string;
  words: string;
  yes: string;
  isGrave?: boolean;
  isBusy: boolean;
  error: unknown;
  act: () => void;
  close: () => void;
}

export function Sure({ title, words, yes, isGrave = false, isBusy, error, act, close }: Props) {
  return (
    <Modal opened onClose={close} title={title}>
      <div className={parts.form}>
        <p style={{ margin: 0 }}>{words}</p>
        <Trouble error={error} />
        <div className={`${parts.actions} ${parts.ends}`}>
          <Button variant="default" onClick={close}>
            {say('cancel')}
          </Button>
          <Button color={isGrave ? 'red.8' : 'pine'} loading={isBusy} onClick={act}>
            {yes}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
