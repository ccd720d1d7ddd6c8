// Why this mail may go: checks, sources, reasons, scores, when it leaves, what was said before.
import { ScrollArea } from '@mantine/core';

import classes from './Evidence.module.css';
import { Checks } from './Checks';
import { History } from './History';
import { Leaves } from './Leaves';
import type { Checked } from './queries/check';
import type { Item } from './queries/item';
import { Section } from './Section';
import { Sources } from './Sources';
import { say } from './texts';

interface Props {
  item: Item;
  tried: Checked | null;
  source: number | null;
  setSource: (source: number | null) => void;
  open: (number: number) => void;
}

export function Evidence({ item, tried, source, setSource, open }: Props) {
  return (
    <aside className={classes.evidence} aria-label={say('evidence')}>
      <ScrollArea className={classes.scroll} type="auto" scrollbarSize={8}>
        <Checks checks={tried?.checks ?? item.checks} isTried={tried !== null} />
        <Sources
          evidence={tried?.evidence ?? item.evidence}
          source={source}
          setSource={setSource}
        />
        <Section title={say('why')}>
          <ul className={classes.reasons}>
            {item.reasoning.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </Section>
        <Scores item={item} />
        <Leaves item={item} />
        <History item={item} open={open} />
      </ScrollArea>
    </aside>
  );
}

function Scores({ item }: { item: Item }) {
  if (item.score_mean === null) return null;
  return (
    <Section title={say('scores')} aside={say('scoreOf', { mean: item.score_mean.toFixed(1), by: item.score_by ?? '' })}>
      <dl className={classes.scores}>
        {item.scores.map((one) => (
          <div key={one.name} className={classes.score} title={one.reason}>
            <dt>{one.name.replaceAll('_', ' ')}</dt>
            <dd>
              <span className={classes.track} aria-hidden="true">
                <span
                  className={classes.fill}
                  data-low={one.score < 3 || undefined}
                  style={{ width: `${one.score * 20}%` }}
                />
              </span>
              <span className="tabular">{one.score}</span>
              {one.score < 4 && <p className={classes.why}>{one.reason}</p>}
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
