// The score as the sum that it is: each factor, what it earns of what it could, and why.
import { dated, day } from '@/lib/time';

import classes from './account.module.css';
import bar from './score.module.css';
import type { Score } from './queries';
import { say, worded } from './texts';
import { plain } from './words';

export function Factors({ score }: { score: Score | null }) {
  if (!score) return <p className={classes.none}>{say('noScore')}</p>;
  return (
    <div className={classes.card}>
      <p className={classes.sum}>
        <strong className="tabular">{score.points.toFixed(1)}</strong>
        <span className="quiet">{say('of100', { share: Math.round(score.coverage * 100) })}</span>
      </p>
      <ul className={classes.factors}>
        {score.factors.map((factor) => (
          <li key={factor.name}>
            <span className={classes.factor}>
              <span>{worded(`factor_${factor.name}`, plain(factor.name))}</span>
              <span className="tabular quiet">
                {factor.value === null
                  ? say('unknown')
                  : say('earned', { earned: factor.earned.toFixed(1), weight: (factor.weight * 100).toFixed(0) })}
              </span>
            </span>
            <span className={bar.track} aria-hidden="true" data-unknown={factor.value === null || undefined}>
              <span style={{ width: `${(factor.value ?? 0) * 100}%` }} />
            </span>
            <span className={classes.reason}>{dated(factor.reason)}</span>
          </li>
        ))}
      </ul>
      <p className={classes.foot}>
        {say('weights', { version: score.weights_version, day: day(score.scored_at) })}
      </p>
    </div>
  );
}
