// Whom to write to next: accounts by score, each with the reasons that add most.
import { Button, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch, IconUpload, IconUsers } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';

import { useMay } from '@/api/me';
import { Empty } from '@/components/Empty';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Screen } from '@/components/Screen';
import { Shelves } from '@/components/Shelves';
import parts from '@/components/parts.module.css';

import classes from './prospects.module.css';
import { useRanking, type Status } from './queries';
import { Ranking } from './Ranking';
import { say } from './texts';

const SHELVES = [undefined, 'new', 'researched', 'sequenced', 'exhausted'] as const;

export function Prospects() {
  const { status, q = '' } = useSearch({ from: '/inside/prospects' });
  const found = useRanking(status, q);
  const first = found.first;
  const mayImport = useMay('prospects.write');
  return (
    <Screen
      title={say('prospects')}
      about={say('about')}
      aside={
        <span className={parts.buttons}>
          <Button component={Link} to="/prospects/suppressed" size="sm" variant="default">
            {say('suppressed')}
          </Button>
          {mayImport && (
            <Button component={Link} to="/prospects/import" size="sm" leftSection={<IconUpload size={15} />}>
              {say('importList')}
            </Button>
          )}
        </span>
      }
    >
      <Filter status={status} q={q} total={first && counted(first.total, first.most_counted)} />
      {found.isLoading && <Loading lines={9} />}
      {found.isError && <Failed error={found.error} again={() => void found.refetch()} />}
      {first && found.lines.length === 0 && <Nothing isFiltered={Boolean(q || status)} />}
      {found.lines.length > 0 && <Ranking lines={found.lines} />}
      {found.hasNextPage && (
        <Button
          mt="md"
          variant="default"
          loading={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          {say('more')}
        </Button>
      )}
    </Screen>
  );
}

const counted = (count: number, most: number): string =>
  count >= most ? say('accountsMost', { count: most }) : say('accounts', { count });

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) return <Empty title={say('noneFits')} icon={<IconSearch size={22} />} />;
  return (
    <Empty title={say('noAccounts')} icon={<IconUsers size={22} />}>
      {say('noAccountsAbout')}
    </Empty>
  );
}

interface FilterProps {
  status: Status | undefined;
  q: string;
  total: string | undefined;
}

function Filter({ status, q, total }: FilterProps) {
  const [words, setWords] = useState(q);
  const navigate = useNavigate();
  const go = (next: { status?: Status | undefined; q?: string }) => {
    const asked = { status, q: words.trim(), ...next };
    const search = {
      ...(asked.status ? { status: asked.status } : {}),
      ...(asked.q ? { q: asked.q } : {}),
    };
    void navigate({ to: '/prospects', search, replace: true });
  };
  const later = useDebouncedCallback((typed: string) => go({ q: typed.trim() }), 250);
  return (
    <div className={classes.filter}>
      <Shelves
        label={say('status')}
        names={SHELVES}
        chosen={status}
        choose={(value) => go({ status: value })}
        on={(value) => (value ? say(`shelf_${value}`) : say('all'))}
      />
      <span className={classes.total} aria-live="polite">
        {total}
      </span>
      <TextInput
        size="xs"
        className={classes.search}
        aria-label={say('filter')}
        placeholder={say('filterExample')}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={words}
        onChange={(event) => {
          setWords(event.currentTarget.value);
          later(event.currentTarget.value);
        }}
      />
    </div>
  );
}
