// The frame around every screen: where one can go, what is halted, who one is.
import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense, type ComponentType } from 'react';

import { useLive } from '@/api/live';
import { useMe } from '@/api/me';
import { HaltedBanner } from '@/features/switches/HaltedBanner';
import { KillSwitch } from '@/features/switches/KillSwitch';

import { Nav } from './Nav';
import { PersonMenu } from './PersonMenu';
import { SearchButton } from './SearchButton';
import { LinkState } from './LinkState';
import classes from './Shell.module.css';
import { say } from './texts';

// A screen is whole without it: where it could not be fetched, that must not take the screen away.
const Palette = lazy<ComponentType>(() => import('./Palette').catch(() => ({ default: () => null })));

export function Shell() {
  useLive();
  const me = useMe();
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        {say('skip')}
      </a>
      <Nav />
      <div className={classes.rest}>
        <header className={classes.header}>
          <span className={classes.workspace} title={say('workspace')}>
            {me?.workspace.name}
          </span>
          <SearchButton />
          <span className={classes.gap} />
          <LinkState />
          <KillSwitch />
          <PersonMenu />
        </header>
        <HaltedBanner />
        <main id="main" className={classes.main} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Suspense>
        <Palette />
      </Suspense>
    </div>
  );
}
