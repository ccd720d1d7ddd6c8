// The door to the palette, for those who do not know its key.
import { Kbd } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';

import classes from './Shell.module.css';
import { say } from './texts';

const IS_MAC = /mac|iphone|ipad/i.test(navigator.userAgent);
export const COMMAND = IS_MAC ? '⌘' : 'Ctrl';

export function SearchButton() {
  return (
    <button
      type="button"
      className={classes.search}
      onClick={spotlight.open}
    >
      <IconSearch size={15} aria-hidden />
      {say('search')}
      <Kbd aria-hidden>{COMMAND} K</Kbd>
    </button>
  );
}
