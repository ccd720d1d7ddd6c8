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
import { say } from './texts';

export function Sending() {
  const found = useDesk();
  const desk = found.data;
  const mayWrite = useMay('mailboxes.write');
  return (
    <Screen
      title={say('sending')}
      about={say('sendingAbout')}
    >
      {found.isLoading && <Loading lines={10} />}
      {found.isError && !desk && <Failed error={found.error} again={() => void found.refetch()} />}
      {desk && (
        <>
          {desk.unknown > 0 && (
            <Notice tone="warn">{say('unknownMails', { count: desk.unknown })}</Notice>
          )}
          <Part
            title={say('mailboxes')}
            act={
              <span className={parts.buttons}>
                <Button component={Link} to="/sending/domains" variant="default">
                  {say('domains')}
                </Button>
                {mayWrite && (
                  <Button component={Link} to="/sending/mailboxes/new" leftSection={<IconPlus size={14} />}>
                    {say('addAMailbox')}
                  </Button>
                )}
              </span>
            }
          >
            {desk.mailboxes.length === 0 ? (
              <Empty title={say('noMailbox')} icon={<IconSend size={22} />}>
                {say('noMailboxAbout')}
              </Empty>
            ) : (
              <Boxes boxes={desk.mailboxes} />
            )}
          </Part>
          <Part
            title={say('toCome')}
            aside={desk.waiting > desk.to_come.length ? say('nextOf', { shown: desk.to_come.length, all: desk.waiting }) : String(desk.waiting)}
          >
            <ToCome lines={desk.to_come} />
          </Part>
          <Part title={say('outbox')}>
            <Outbox lines={desk.outbox} />
          </Part>
        </>
      )}
    </Screen>
  );
}
