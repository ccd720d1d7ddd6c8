// What people do by hand: the list beside the task that is open; on a phone one after the other.
import '@mantine/core/styles/Switch.layer.css';

import { Switch, Tooltip } from '@mantine/core';
import { IconCheckbox, IconMoodSmile } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

import { Choose, Desk, DeskList } from '@/components/Desk';
import desk from '@/components/Desk.module.css';
import { Empty } from '@/components/Empty';
import { Shelves } from '@/components/Shelves';

import { useTasks } from './queries';
import { Reader } from './Reader';
import { TaskLine } from './TaskLine';
import classes from './tasks.module.css';
import { say } from './texts';
import { usePlace, type Place } from './usePlace';

const SHELVES = ['waiting', 'over'] as const;
const KINDS = [undefined, 'linkedin', 'call', 'sms', 'answer'] as const;

export function Tasks() {
  const place = usePlace();
  const found = useTasks(place);
  const { lines } = found;
  const { number, open } = place;

  const index = lines.findIndex((line) => line.number === number);
  const [lastIndex, setLastIndex] = useState(0);
  if (index >= 0 && index !== lastIndex) setLastIndex(index);
  // A task that left the list leaves its place to the next one.
  const here = index >= 0 ? index : lastIndex - 0.5;
  const next = lines[Math.floor(here + 1)]?.number;
  const before = lines[Math.ceil(here - 1)]?.number;

  const first = lines[0]?.number;
  useEffect(() => {
    if (number === undefined && first !== undefined && !window.matchMedia('(max-width: 900px)').matches)
      open(first, true);
  }, [number, first, open]);

  return (
    <Desk isOpen={number !== undefined}>
      <DeskList
        title={say('tasks')}
        label={say('list')}
        isBeside={number !== undefined}
        found={found}
        tools={<Tools place={place} />}
        nothing={<Nothing place={place} />}
        lines={lines.map((line) => (
          <TaskLine key={line.number} line={line} isOpen={line.number === number} search={place.search} />
        ))}
        after={found.data?.more && <p className={classes.more}>{say('firstOnes', { count: lines.length })}</p>}
      />
      {number === undefined && found.data && lines.length === 0 && <div className={desk.nothing} />}
      {number === undefined && lines.length > 0 && (
        <Choose title={say('choose')} icon={<IconCheckbox size={22} />}>
          {say('about')}
        </Choose>
      )}
      {number !== undefined && (
        <Reader key={number} number={number} place={place} next={next} before={before} />
      )}
    </Desk>
  );
}

function Tools({ place }: { place: Place }) {
  return (
    <>
      <Shelves
        label={say('shelves')}
        className={desk.shelves}
        names={SHELVES}
        chosen={place.shelf}
        choose={(shelf) => place.choose({ shelf })}
        on={say}
      >
        <Tooltip label={say('mineAbout')} multiline maw={260}>
          <Switch
            size="xs"
            className={classes.mine}
            label={say('mine')}
            aria-description={say('mineAbout')}
            checked={place.mine}
            onChange={(event) => place.choose({ mine: event.currentTarget.checked })}
          />
        </Tooltip>
      </Shelves>
      <Shelves
        label={say('kinds')}
        className={desk.shelves}
        isTight
        names={KINDS}
        chosen={place.kind}
        choose={(kind) => place.choose({ kind })}
        on={(kind) => say(kind ? `kinds_${kind}` : 'everyKind')}
      />
    </>
  );
}

function Nothing({ place }: { place: Place }) {
  if (place.kind || place.mine)
    return (
      <Empty title={say('nothingFits')} icon={<IconCheckbox size={22} />}>
        {say('nothingFitsAbout')}
      </Empty>
    );
  if (place.shelf === 'over') return <Empty title={say('nothingOver')} icon={<IconCheckbox size={22} />} />;
  return (
    <Empty title={say('nothingWaits')} icon={<IconMoodSmile size={22} />}>
      {say('nothingWaitsAbout')}
    </Empty>
  );
}
