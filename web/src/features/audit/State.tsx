// How far the log is sealed and kept elsewhere, and whether both agree, as the server compared just now.
import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Notice } from '@/components/Notice';
import { Part } from '@/components/Screen';
import { moment } from '@/lib/time';
import { number } from '@/lib/texts/format';

import classes from './audit.module.css';
import { useLogState, type LogState } from './queries';
import { say } from './texts';

export function State() {
  const found = useLogState();
  if (found.isError && !found.data) return <Failed error={found.error} again={() => void found.refetch()} />;
  if (!found.data)
    return (
      <Part title={say('state')}>
        <Loading lines={2} />
      </Part>
    );
  return (
    <Part title={say('state')}>
      {found.data.trouble && <Notice tone={found.data.agrees === false ? 'bad' : 'warn'}>{found.data.trouble}</Notice>}
      <Facts state={found.data} />
      <p className={classes.deeper}>
        {say('deeper')} <code>{say('command')}</code>
      </p>
    </Part>
  );
}

function Facts({ state }: { state: LogState }) {
  const facts: Array<readonly [name: string, value: string, tone?: 'good' | 'bad']> = [
    [say('newest'), until(state.newest) ?? say('nothingSealed')],
    ...(state.newest
      ? [[say('signed'), say(state.is_signed ? 'isSigned' : 'isNotSigned'), state.is_signed ? 'good' : 'bad'] as const]
      : []),
    [
      say('waiting'),
      state.waiting >= state.most_waiting ? say('waitingMost', { count: state.waiting }) : number(state.waiting),
    ],
    [say('elsewhere'), until(state.elsewhere) ?? say('nothingElsewhere')],
    compared(state),
  ];
  return (
    <dl className={classes.state}>
      {facts.map(([name, value, tone]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd data-tone={tone}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const until = (checkpoint: LogState['newest']) =>
  checkpoint &&
  say('sealedUntil', { leaves: say('leaves', { count: checkpoint.leaves }), when: moment(checkpoint.at) });

function compared({ agrees, elsewhere }: LogState): readonly [string, string, ('good' | 'bad')?] {
  if (agrees === null || !elsewhere) return [say('verified'), say('notCompared')];
  return agrees
    ? [say('verified'), say('agrees', { leaves: say('leaves', { count: elsewhere.leaves }) }), 'good']
    : [say('verified'), say('differs'), 'bad'];
}
