// Who it is for and from, and where it stands in its campaign.
import { ActionIcon } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';

import classes from './Inbox.module.css';
import type { Item } from './queries/item';
import { say } from './texts';

export function MailHead({ item, back }: { item: Item; back: () => void }) {
  const { person } = item;
  return (
    <header className={classes.head}>
      <ActionIcon
        className={classes.back}
        variant="subtle"
        color="gray"
        aria-label={say('back')}
        onClick={back}
      >
        <IconArrowLeft size={18} />
      </ActionIcon>
      <div className={classes.who}>
        <div className={classes.first}>
          <h2 className={classes.name}>
            <bdi>{person.name}</bdi>
            <span className={classes.title}>
              {person.title && `${person.title}, `}
              <bdi>{person.account}</bdi>
            </span>
          </h2>
          <span className={classes.number}>#{item.number}</span>
        </div>
        <p className={classes.route}>
          <span className={classes.addresses}>
            {person.email} <span aria-label={say('from')}>←</span> {item.sender}
          </span>
          <span>
            {item.version > 1
              ? say('stepAndVersion', { campaign: item.campaign, step: item.step, version: item.version })
              : say('step', { campaign: item.campaign, step: item.step })}
          </span>
        </p>
      </div>
    </header>
  );
}
