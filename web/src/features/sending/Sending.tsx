// The sending desk: room and health of each mailbox, what leaves when, what became of what left.
import { IconAlertTriangle, IconSend } from '@tabler/icons-react';

import { Empty } from '@/components/Empty';
import { Failed } from '@/components/Failed';
import { Part, Screen } from '@/components/Screen';

import { Boxes } from './Boxes';
import { Outbox } from './Outbox';
import { useDesk } from './queries';
import classes from './sending.module.css';
import { ToCome } from './ToCome';

export function Sending() {
  const found = useDesk();
  const desk = found.data;
  return (
    <Screen
      title="Sending"
      about="What may leave today, what will leave when, and what became of every mail."
    >
      {found.isError && !desk && <Failed error={found.error} again={() => void found.refetch()} />}
      {desk && (
        <>
          {desk.unknown > 0 && (
            <p className={classes.unknown} role="status">
              <IconAlertTriangle size={16} aria-hidden />
              Of {desk.unknown} mails nobody can know whether they left. Look into the mailbox, then
              settle them in the terminal: <code>outrider outbox settle</code>
            </p>
          )}
          <Part title="Mailboxes">
            {desk.mailboxes.length === 0 ? (
              <Empty title="There is no mailbox yet" icon={<IconSend size={22} />}>
                Add one in the terminal: <code>outrider mailbox add</code>
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
