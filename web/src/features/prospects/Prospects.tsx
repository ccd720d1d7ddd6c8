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
import parts from '@/components/parts.module.css';

import classes from './prospects.module.css';
import { useRanking, type Status } from './queries';
import { Ranking } from './Ranking';

const SHELVES: ReadonlyArray<readonly [Status | undefined, string]> = [
  [undefined, 'All'],
  ['new', 'New'],
  ['researched', 'Researched'],
  ['sequenced', 'In a sequence'],
  ['exhausted', 'Nobody left'],
];

export function Prospects() {
  const { status, q = '' } = useSearch({ from: '/inside/prospects' });
  const found = useRanking(status, q);
  const first = found.first;
  const mayImport = useMay('prospects.write');
  return (
    <Screen
      title="Prospects"
      about="Accounts, best first. A score is a sum of reasons; what is not known adds nothing."
      aside={
        <span className={parts.buttons}>
          <Button component={Link} to="/prospects/suppressed" size="sm" variant="default">
            Suppressed
          </Button>
          {mayImport && (
            <Button component={Link} to="/prospects/import" size="sm" leftSection={<IconUpload size={15} />}>
              Import a list
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
          Show more
        </Button>
      )}
    </Screen>
  );
}

function counted(total: number, most: number): string {
  const words = total >= most ? `${most.toLocaleString('en')} or more` : total.toLocaleString('en');
  return `${words} ${total === 1 ? 'account' : 'accounts'}`;
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) return <Empty title="No account fits" icon={<IconSearch size={22} />} />;
  return (
    <Empty title="There are no accounts yet" icon={<IconUsers size={22} />}>
      They come with a list: a CSV of people and their companies.
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
      <div className={classes.shelves} role="group" aria-label="Status">
        {SHELVES.map(([value, name]) => (
          <button
            key={name}
            type="button"
            className={classes.shelf}
            aria-pressed={status === value}
            onClick={() => go({ status: value })}
          >
            {name}
          </button>
        ))}
      </div>
      <span className={classes.total} aria-live="polite">
        {total}
      </span>
      <TextInput
        size="xs"
        className={classes.search}
        aria-label="Filter by name or domain"
        placeholder="Name or domain"
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
