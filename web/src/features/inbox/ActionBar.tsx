// The answers. The server says which are allowed, and why the others are not.
import { Button, Kbd, Tooltip } from '@mantine/core';
import { IconCheck, IconClockPause, IconMessageReply, IconPencil } from '@tabler/icons-react';
import type { ReactElement } from 'react';

import classes from './Inbox.module.css';
import type { Item } from './queries/item';
import type { Deciding } from './useDeciding';
import { say } from './texts';

interface Props {
  item: Item;
  deciding: Deciding;
  edit: () => void;
  reject: () => void;
}

export function ActionBar({ item, deciding, edit, reject }: Props) {
  if (item.status !== 'pending') return null;
  const aside = item.review?.snoozed_until != null;
  return (
    <div className={classes.bar} role="toolbar" aria-label={say('decide')}>
      <Answer may={item.can.approve}>
        <Button
          size="sm"
          leftSection={<IconCheck size={16} />}
          rightSection={<Kbd className={classes.key}>A</Kbd>}
          onClick={deciding.approve}
          disabled={!item.can.approve?.allowed}
        >
          {say('approve')}
        </Button>
      </Answer>
      <Answer may={item.can.edit}>
        <Button
          size="sm"
          variant="default"
          leftSection={<IconPencil size={16} />}
          rightSection={<Kbd>E</Kbd>}
          onClick={edit}
          disabled={!item.can.edit?.allowed}
        >
          {say('edit')}
        </Button>
      </Answer>
      <Answer may={item.can.reject}>
        <Button
          size="sm"
          variant="default"
          leftSection={<IconMessageReply size={16} />}
          rightSection={<Kbd>R</Kbd>}
          onClick={reject}
          disabled={!item.can.reject?.allowed}
        >
          {say('reject')}
        </Button>
      </Answer>
      <Answer may={item.can.snooze} does={aside ? undefined : say('untilTomorrow')}>
        <Button
          size="sm"
          variant="subtle"
          color="gray"
          className={classes.later}
          leftSection={<IconClockPause size={16} />}
          rightSection={<Kbd>S</Kbd>}
          onClick={deciding.snooze}
          disabled={!item.can.snooze?.allowed}
        >
          {say(aside ? 'bringBack' : 'tomorrow')}
        </Button>
      </Answer>
    </div>
  );
}

function Answer({
  may,
  does,
  children,
}: {
  may: { allowed: boolean; why_not: string | null } | undefined;
  /** What its word alone does not tell. */
  does?: string | undefined;
  children: ReactElement;
}) {
  const words = may?.why_not || does;
  return (
    <Tooltip label={words} disabled={!words} multiline maw={320}>
      <span>{children}</span>
    </Tooltip>
  );
}
