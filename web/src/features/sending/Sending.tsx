// The sending desk: room and health of each mailbox, what leaves when, what became of what left.
import { Button } from '@mantine/core';
import { IconPlus, IconSend } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';

import { useMay } from '@/api/me';
import { Empty } from '@/components/Empty';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Notice } from '@/components/Notice';
import { Part, Screen } from '@/components/Screen';
import parts from '@/components/parts.module.css';

import { Boxes } from './Boxes';
import { Outbox } from './Outbox';
import { useDesk } from './queries';
import { ToCome } from './ToCome';

export function Sending() {
  const found = useDesk();
  const desk = found.data;
  const mayWrite = useMay('mailboxes.write');
  return (
    <Screen
      title="Sending"
      about="What may leave today, what will leave when, and what became of every mail."
    >
      {found.isLoading && <Loading lines={10} />}
      {found.isError && !desk && <Failed error={found.error} again={() => void found.refetch()} />}
      {desk && (
        <>
          {desk.unknown > 0 && (
            <Notice tone="warn">
              Of {desk.unknown} {desk.unknown === 1 ? 'mail' : 'mails'} nobody can know whether{' '}
              {desk.unknown === 1 ? 'it' : 'they'} left. Look into the mailbox, then settle{' '}
              {desk.unknown === 1 ? 'it' : 'them'} in the outbox below.
            </Notice>
          )}
          <Part
            title="Mailboxes"
            act={
              <span className={parts.buttons}>
                <Button component={Link} to="/sending/domains" variant="default">
                  Domains
                </Button>
                {mayWrite && (
                  <Button component={Link} to="/sending/mailboxes/new" leftSection={<IconPlus size={14} />}>
                    Add a mailbox
                  </Button>
                )}
              </span>
            }
          >
            {desk.mailboxes.length === 0 ? (
              <Empty title="There is no mailbox yet" icon={<IconSend size={22} />}>
                It is the address that mail is sent from.
              </Empty>
            ) : (
              <Boxes boxes={desk.mailboxes} />
            )}
          </Part>
          <Part
            title="To come"
            aside={desk.waiting > desk.to_come.length ? `the next ${desk.to_come.length} of ${desk.waiting}` : String(desk.waiting)}
          >
            <ToCome lines={desk.to_come} />
          </Part>
          <Part title="Outbox">
            <Outbox lines={desk.outbox} />
          </Part>
        </>
      )}
    </Screen>
  );
}
