// Other mails for a draft beside each other, each with its reasons; one of them may take its place.
import { Button, Modal, NativeSelect } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconOctagon } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';

import { Failed } from '@/components/Failed';
import { Loading } from '@/components/Loading';
import { Notice, Trouble } from '@/components/Notice';
import { WorkBar } from '@/components/WorkBar';
import { usd } from '@/lib/texts/format';

import type { Item } from './queries/item';
import { useAsk, useVariants, type Variant } from './queries/variants';
import type { Deciding } from './useDeciding';
import { say } from './variantTexts';
import classes from './Variants.module.css';

const AT_ONCE = 4;
const USUAL = 2;

interface Props {
  item: Item;
  deciding: Deciding;
  close: () => void;
}

export default function Variants({ item, deciding, close }: Props) {
  const found = useVariants(item.number);
  const variants = found.data;
  return (
    <Modal opened onClose={close} title={say('title', { name: item.person.name })} size="min(1320px, 96vw)">
      <p className={classes.about}>{say('about')}</p>
      {found.isLoading && <Loading lines={8} />}
      {found.isError && !variants && <Failed error={found.error} again={() => void found.refetch()} />}
      {variants && (
        <>
          <Ask
            number={item.number}
            left={variants.left}
            why={variants.can.why_not}
            isFirst={variants.items.length === 0}
            going={variants.work ?? null}
          />
          <div className={classes.columns}>
            <Column
              name={say('now')}
              subject={item.subject}
              body={item.body}
              angle={item.angle}
              reasons={item.reasoning}
              checks={item.checks}
              foot={
                <Button size="sm" variant="default" fullWidth onClick={close}>
                  {say('close')}
                </Button>
              }
            />
            {variants.items.map((variant) => (
              <One
                key={variant.number}
                variant={variant}
                may={variants.can.allowed}
                isBusy={deciding.isBusy}
                choose={() => deciding.choose(variant.number, close)}
              />
            ))}
          </div>
        </>
      )}
    </Modal>
  );
}

interface AskProps {
  number: number;
  left: number;
  why: string | null;
  isFirst: boolean;
  going: string | null;
}

function Ask({ number, left, why, isFirst, going }: AskProps) {
  const most = Math.min(left, AT_ONCE);
  const [wanted, setWanted] = useState(USUAL);
  const count = Math.min(wanted, most);
  const { start, work, isGoing } = useAsk(number, going);
  const made = (work?.result?.variants as readonly number[] | undefined)?.length;
  if (why) return <Notice tone="warn">{why}</Notice>;
  return (
    <>
      {isGoing && <WorkBar work={work} title={say('writing')} />}
      {!isGoing && left === 0 && <Notice>{say('noMore')}</Notice>}
      {!isGoing && left > 0 && (
        <div className={classes.ask}>
          <NativeSelect
            size="sm"
            aria-label={say('howMany')}
            value={String(count)}
            data={Array.from({ length: most }, (_, place) => String(place + 1))}
            onChange={(event) => setWanted(Number(event.currentTarget.value))}
          />
          <Button size="sm" {...(isFirst ? {} : { variant: 'default' })} onClick={() => start.mutate(count)}>
            {say('write', { count })}
          </Button>
        </div>
      )}
      <Trouble error={start.error ?? (work?.state === 'failed' ? work.error : null)} />
      {work?.state === 'interrupted' && <Notice tone="warn">{say('interrupted')}</Notice>}
      {work?.state === 'done' && made !== undefined && made < (start.variables ?? 0) && (
        <Notice>{say('fewer', { made, count: start.variables ?? 0 })}</Notice>
      )}
    </>
  );
}

interface OneProps {
  variant: Variant;
  may: boolean;
  isBusy: boolean;
  choose: () => void;
}

function One({ variant, may, isBusy, choose }: OneProps) {
  const counted = say('words', { count: variant.words });
  return (
    <Column
      name={say('variant', { number: variant.number })}
      subject={variant.subject}
      body={variant.body}
      angle={variant.angle}
      reasons={variant.reasoning}
      unmet={variant.unmet}
      checks={variant.checks}
      measure={
        variant.cost_usd > 0 ? say('wordsAndCost', { words: counted, cost: usd(variant.cost_usd) }) : counted
      }
      foot={
        <Button size="sm" fullWidth disabled={!may || variant.is_chosen} loading={isBusy} onClick={choose}>
          {say(variant.is_chosen ? 'wasChosen' : 'choose')}
        </Button>
      }
    />
  );
}

interface ColumnProps {
  name: string;
  subject: string;
  body: string;
  angle: string;
  reasons: readonly string[];
  unmet?: readonly string[];
  checks: Item['checks'];
  measure?: string;
  foot: ReactNode;
}

function Column({ name, subject, body, angle, reasons, unmet = [], checks, measure, foot }: ColumnProps) {
  return (
    <article className={classes.column} aria-label={name}>
      <header className={classes.head}>
        <h3 className={classes.name}>{name}</h3>
        {measure && <span className={classes.measure}>{measure}</span>}
      </header>
      {angle && <p className={classes.angle}>{say('angle', { angle: angle.replaceAll('_', ' ') })}</p>}
      <div className={classes.mail}>
        <p className={classes.subject}>{subject}</p>
        <p className={classes.body}>{body}</p>
      </div>
      <Verdict checks={checks} />
      <Reasons title={say('why')} reasons={reasons} />
      <Reasons title={say('unmet')} reasons={unmet} />
      <div className={classes.foot}>{foot}</div>
    </article>
  );
}

function Reasons({ title, reasons }: { title: string; reasons: readonly string[] }) {
  if (reasons.length === 0) return null;
  return (
    <div className={classes.reasons}>
      <h4>{title}</h4>
      <ul>
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </div>
  );
}

function Verdict({ checks }: { checks: Item['checks'] }) {
  const blocks = checks.filter((check) => check.state === 'block');
  const warns = checks.filter((check) => check.state === 'warn');
  const state = blocks.length > 0 ? 'block' : warns.length > 0 ? 'warn' : 'good';
  const Icon = { block: IconOctagon, warn: IconAlertTriangle, good: IconCheck }[state];
  const flaws = [...blocks, ...warns].flatMap((check) => check.flaws.map((flaw) => flaw.message));
  return (
    <div className={classes.verdict} data-state={state}>
      <p>
        <Icon size={15} aria-hidden />
        {state === 'good'
          ? say('checksGreen', { count: checks.length })
          : say(state === 'block' ? 'checksBlock' : 'checksWarn', { count: blocks.length || warns.length })}
      </p>
      {flaws.length > 0 && (
        <ul>
          {flaws.map((flaw) => (
            <li key={flaw}>{flaw}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
