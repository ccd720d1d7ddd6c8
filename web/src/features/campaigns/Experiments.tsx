// Arms compared at a step: shares with their intervals, and no verdict before there is one.
import { useMay } from '@/api/me';
import { Failed } from '@/components/Failed';
import { Part, Table } from '@/components/Screen';

import classes from './rules.module.css';
import { useExperiments, type Arm, type Experiment } from './queries';
import { say } from './texts';

export function Experiments({ campaign }: { campaign: string }) {
  const isAllowed = useMay('reports.read');
  const found = useExperiments(campaign, isAllowed);
  if (!isAllowed || found.isLoading) return null;
  return (
    <Part title={say('experiments')}>
      {found.isError && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.data?.length === 0 && (
        <p className={classes.none}>
          {say('nothingComparedEditSequence')}
        </p>
      )}
      {found.data?.map((one) => (
        <One key={one.name} one={one} />
      ))}
    </Part>
  );
}

function One({ one }: { one: Experiment }) {
  return (
    <div className={classes.experiment}>
      <p className={classes.verdict}>
        <strong>{one.name}</strong>
        <span className="quiet">{say('atStep', { step: one.step })}</span>
        <span className={classes.badge} data-tone={one.winner ? 'good' : ''}>
          {one.winner ? say('isBetter', { name: one.winner }) : one.verdict}
        </span>
      </p>
      <p className={classes.sentence}>{one.sentence}</p>
      <Table label={say('armsOf', { name: one.name })} head={[say('arm'), say('reached'), say('counted'), one.counts === 'replies' ? say('replies') : say('goodReplies'), say('shareInterval')]}
        numbers={[say('reached'), say('counted'), say('replies'), say('goodReplies')]}
      >
        {one.arms.map((arm) => (
          <tr key={arm.name}>
            <td>{arm.name}</td>
            <td className="tabular">{arm.reached}</td>
            <td className="tabular">{arm.counted}</td>
            <td className="tabular">{arm.hits}</td>
            <td>
              <Interval arm={arm} />
            </td>
          </tr>
        ))}
      </Table>
    </div>
  );
}

function Interval({ arm }: { arm: Arm }) {
  if (arm.share === null) return <span className="quiet">{say('nobodyCountedYet')}</span>;
  const per = (share: number) => `${(share * 100).toFixed(1)} %`;
  return (
    <span className={classes.interval}>
      <span className={classes.scale} aria-hidden="true">
        <span style={{ left: `${arm.low * 100}%`, width: `${(arm.high - arm.low) * 100}%` }} />
        <i style={{ left: `${arm.share * 100}%` }} />
      </span>
      {per(arm.share)} <span className="quiet">{say('fromTo', { low: per(arm.low), high: per(arm.high) })}</span>
    </span>
  );
}
