// A list beside the one that is read; on a phone one after the other.
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';

import classes from './Desk.module.css';
import { Empty } from './Empty';
import { Failed } from './Failed';
import { Loading } from './Loading';

interface DeskProps {
  isOpen: boolean;
  children: ReactNode;
}

export function Desk({ isOpen, children }: DeskProps) {
  return (
    <div className={classes.desk} data-open={isOpen || undefined}>
      {children}
    </div>
  );
}

interface ListProps {
  title: string;
  label: string;
  /** Whether one is read beside it: then that one has the screen's first heading. */
  isBeside: boolean;
  /** Which part of it is shown. */
  tools: ReactNode;
  found: { isLoading: boolean; isError: boolean; error: unknown; refetch: () => Promise<unknown> };
  /** The lines; none: `nothing` is shown. */
  lines: readonly ReactNode[];
  nothing: ReactNode;
  older?: { words: string; isAsked: boolean; ask: () => void } | undefined;
  after?: ReactNode;
}

export function DeskList({ title, label, isBeside, tools, found, lines, nothing, older, after }: ListProps) {
  const Title = isBeside ? 'h2' : 'h1';
  return (
    <section className={classes.list} aria-label={label}>
      <header className={classes.top}>
        <Title className={classes.title}>{title}</Title>
        {tools}
      </header>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by key */}
      <div className={classes.lines} tabIndex={0} role="region" aria-label={label}>
        {found.isLoading && <Loading lines={8} />}
        {found.isError && <Failed error={found.error} again={() => void found.refetch()} />}
        {!found.isLoading && !found.isError && lines.length === 0 && nothing}
        {lines.length > 0 && <ul className={classes.items}>{lines}</ul>}
        {older && (
          <Button m="sm" variant="default" loading={older.isAsked} onClick={older.ask}>
            {older.words}
          </Button>
        )}
        {after}
      </div>
    </section>
  );
}

/** What stands beside the list while nothing is read. */
export function Choose({ title, icon, children }: { title: string; icon: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.nothing}>
      <Empty title={title} icon={icon}>
        {children}
      </Empty>
    </div>
  );
}
