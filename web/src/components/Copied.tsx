// A value to be copied whole: a link, a key, a DNS record.
import { ActionIcon } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';

import classes from './parts.module.css';
import { say } from './texts';

export function Copied({ value, name }: { value: string; name: string }) {
  return (
    <div className={classes.code}>
      <span>{value}</span>
      <Copy value={value} name={name} />
    </div>
  );
}

/** The button alone, where the value is shown in another way. */
export function Copy({ value, name }: { value: string; name: string }) {
  const clipboard = useClipboard({ timeout: 2000 });
  return (
    <ActionIcon
      variant="subtle"
      size="sm"
      color={clipboard.copied ? 'pine' : 'gray'}
      aria-label={say(clipboard.copied ? 'copied' : 'copy', { name })}
      onClick={() => clipboard.copy(value)}
    >
      {clipboard.copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
    </ActionIcon>
  );
}
