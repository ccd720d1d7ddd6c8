// What agents cost, in all and for each thing that came of it; what there is none of yet is said.
import { Figures } from './Figures';
import { dollars } from './format';
import classes from './overview.module.css';
import type { Overview } from './queries';
import { say } from './texts';

const each = (amount: string | null) => (amount === null ? null : dollars(amount));

export function Cost({ cost }: { cost: Overview['cost'] }) {
  return (
    <div className={classes.card}>
      <p className={classes.big}>
        <strong>{dollars(cost.usd)}</strong>
        <span className="quiet">
          {say('runs', { count: cost.runs })}, {say('tokens', { count: cost.tokens })}
        </span>
      </p>
      <Figures
        figures={[
          [say('perDraft'), each(cost.per_draft), say('noDraftYet')],
          [say('perLead'), each(cost.per_lead), say('noLeadYet')],
          [say('perSent'), each(cost.per_sent), say('noneSentYet')],
          [say('perGood'), each(cost.per_good_reply), say('noGoodYet')],
          [say('perMeeting'), each(cost.per_meeting), say('noMeetingYet')],
        ]}
      />
      <p className={classes.note}>
        {say('leadMeans')} {Number(cost.usd) === 0 && cost.tokens === 0 && say('costsNothing')}
      </p>
    </div>
  );
}
