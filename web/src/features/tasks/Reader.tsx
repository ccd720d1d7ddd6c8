// One task: what to do and for whom, why now, and the answers to it.
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';

import { again } from '@/api/client';
import desk from '@/components/Desk.module.css';
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import parts from '@/components/parts.module.css';
import { useKeys } from '@/lib/keys';
import { useStillHere } from '@/lib/stillHere';

import { Answers } from './Answers';
import { useTask, type Task } from './queries';
import { Standing } from './Standing';
import classes from './tasks.module.css';
import { say } from './texts';
import type { Place } from './usePlace';
import { What } from './What';
import { Why } from './Why';

interface Props {
  number: number;
  place: Place;
  next: number | undefined;
  before: number | undefined;
}

export function Reader({ number, place, next, before }: Props) {
  const found = useTask(number);
  const go = (to: number | undefined) => to !== undefined && place.open(to);
  useKeys({
    j: () => go(next),
    k: () => go(before),
    ArrowDown: () => go(next),
    ArrowUp: () => go(before),
    Escape: place.close,
  });
  const isStillHere = useStillHere();
  const onward = () => {
    if (!isStillHere()) return;
    const to = next ?? before;
    if (to === undefined || to === number) place.close();
    else place.open(to);
  };
  return (
    <article className={classes.reader} aria-label={say('number', { number: String(number) })}>
      <div className={classes.paper}>
        <Link to="/tasks" search={place.search} className={`${parts.back} ${desk.back}`}>
          <IconArrowLeft size={14} aria-hidden /> {say('back')}
        </Link>
        {found.isLoading && <Loading lines={10} />}
        {found.isError && !found.data && <Failed error={found.error} {...again(found)} />}
        {found.data && <Opened task={found.data} />}
      </div>
      {found.data && <Answers key={found.data.status} task={found.data} onward={onward} />}
    </article>
  );
}

function Opened({ task }: { task: Task }) {
  return (
    <>
      <header className={desk.head}>
        <h1 className={desk.subject}>{say(`do_${task.kind}`, { contact: task.contact })}</h1>
        <p className={desk.under}>
          <Link to="/prospects/people/$contact" params={{ contact: task.contact_id }}>
            {task.contact}
          </Link>
          {task.title && `, ${task.title}`} ·{' '}
          <Link to="/prospects/$account" params={{ account: task.account_id }}>
            {task.account}
          </Link>
        </p>
      </header>
      <Standing task={task} />
      <What task={task} />
      <Why task={task} />
    </>
  );
}
