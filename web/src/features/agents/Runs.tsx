// Every run, newest first, by agent and by how it ended. The filter stands in the address.
import { Button, NativeSelect } from '@mantine/core';
import { IconRobot } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';

import { Empty } from '@/components/Empty';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Screen } from '@/components/Screen';

import classes from './agents.module.css';
import { useRoster } from './queries/agents';
import { useRuns, type Status } from './queries/runs';
import { RunTable } from './RunTable';
import { Tabs } from './Tabs';
import { say, worded } from './texts';

const STATES: readonly Status[] = ['running', 'completed', 'failed', 'skipped'];

export function Runs() {
  const filter = useSearch({ from: '/inside/agents/runs' });
  const found = useRuns(filter);
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <Screen title={say('runs')} about={say('runsAbout')}>
      <Tabs />
      <Filters />
      {found.isLoading && <Loading lines={10} />}
      {found.isError && found.runs.length === 0 && (
        <Failed error={found.error} again={() => void found.refetch()} />
      )}
      {found.data && found.runs.length === 0 && (
        <Empty title={isFiltered ? say('noRunsFit') : say('noRuns')} icon={<IconRobot size={22} />}>
          {!isFiltered && say('noRunsAbout')}
        </Empty>
      )}
      {found.runs.length > 0 && <RunTable runs={found.runs} />}
      {found.hasNextPage && (
        <Button mt="md" variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {say('older')}
        </Button>
      )}
    </Screen>
  );
}

function Filters() {
  const filter = useSearch({ from: '/inside/agents/runs' });
  const navigate = useNavigate();
  const names = useRoster().data?.map((one) => one.name) ?? [];
  const known = filter.agent && !names.includes(filter.agent) ? [filter.agent, ...names] : names;
  const set = (name: 'agent' | 'status', value: string) => {
    const { [name]: _, ...kept } = filter;
    void navigate({ to: '/agents/runs', search: value ? { ...kept, [name]: value } : kept, replace: true });
  };
  return (
    <div className={classes.filters}>
      <NativeSelect
        size="sm"
        label={say('agent')}
        value={filter.agent ?? ''}
        data={[{ value: '', label: say('everyAgent') }, ...known.map((name) => ({ value: name, label: name }))]}
        onChange={(event) => set('agent', event.currentTarget.value)}
      />
      <NativeSelect
        size="sm"
        label={say('state')}
        value={filter.status ?? ''}
        data={[{ value: '', label: say('everyState') }, ...STATES.map((one) => ({ value: one, label: worded(one, one) }))]}
        onChange={(event) => set('status', event.currentTarget.value)}
      />
    </div>
  );
}
