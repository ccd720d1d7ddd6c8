// A story told from the newest to the oldest: sent, approved, written, evidence, log.
import { IconCircleCheck, IconOctagon } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { listed, usd } from '@/lib/texts/format';
import { day, instant, moment } from '@/lib/time';

import type { Story as Told } from './queries';
import { say, told, worded } from './texts';
import classes from './trace.module.css';

/** Who wrote a version, in words. */
function writerOf(writer: string): string {
  if (writer.startsWith('person:')) return say('aPerson');
  return writer === 'offline' ? say('offline') : writer;
}

export function Story({ story }: { story: Told }) {
  const { versions, decision } = story;
  return (
    <ol className={classes.story}>
      <Sent story={story} />
      <Approved story={story} at={decision?.decided_at ?? null} />
      <Chapter title={say('written', { count: versions.length })} at={versions[0]?.created_at ?? null}>
        {versions.toReversed().map((one) => (
          <Version key={one.number} one={one} />
        ))}
        {story.run && <Run run={story.run} />}
        {story.blueprint && <p className="quiet">{say('blueprint', { version: story.blueprint.version })}</p>}
      </Chapter>
      <Evidence story={story} />
      <Log story={story} />
    </ol>
  );
}

function Sent({ story }: { story: Told }) {
  const { mail, versions } = story;
  const last = versions.at(-1);
  const title =
    mail.status === 'sent' ? say('wasSent') : say('itIs', { status: worded(`status_${mail.status}`, mail.status) });
  return (
    <Chapter title={title} at={mail.sent_at ?? mail.queued_at}>
      {last && <p>{say('quoted', { subject: last.subject, contact: last.contact, account: last.account })}</p>}
      <p className="quiet">
        {say('from', { mailbox: mail.mailbox, transport: mail.transport })}
        {mail.provider_answer && `. ${say('itsAnswer', { answer: mail.provider_answer })}`}
      </p>
      {story.thread.map((turn) => (
        <p key={turn.received_at}>
          {told('cameBack', {
            when: moment(turn.received_at),
            kind: <strong>{worded(`kind_${turn.kind}`, turn.kind)}</strong>,
            subject: turn.subject,
          })}
        </p>
      ))}
    </Chapter>
  );
}

function Version({ one }: { one: Told['versions'][number] }) {
  const decision = one.decision && worded(`did_${one.decision}`, one.decision);
  return (
    <p>
      {told('byWriter', {
        version: (
          <Link to="/inbox/$number" params={{ number: String(one.number) }}>
            {say('version', { number: one.version })}
          </Link>
        ),
        writer: writerOf(one.writer),
      })}
      {decision && `, ${say('decided', { what: decision, who: one.decided_by ?? say('somebody') })}`}
      {one.decision_note && `: ${say('noted', { note: one.decision_note })}`}
    </p>
  );
}

function Run({ run }: { run: NonNullable<Told['run']> }) {
  const words = {
    when: moment(run.started_at),
    steps: say('steps', { count: run.steps_in_all }),
    cost: usd(run.cost_estimate),
    agent: (
      <Link to="/agents/runs/$run" params={{ run: run.id }}>
        {run.agent_name}
      </Link>
    ),
  };
  const names = [...new Set(run.steps.map((step) => step.name.replaceAll('_', ' ')))];
  return (
    <p className="quiet">
      {run.steps.length === 0
        ? told('runNone', words)
        : told('run', { ...words, about: run.steps.length, names: listed(names) })}
    </p>
  );
}

function Approved({ story, at }: { story: Told; at: string | null }) {
  const { decision, mail } = story;
  if (!decision)
    return (
      <Chapter title={say('noDecision')} at={null}>
        <p className={classes.bad}>
          <IconOctagon size={16} aria-hidden /> {say('mustNotBe')}
        </p>
      </Chapter>
    );
  const same = decision.content_hash === mail.content_hash;
  const by = { person: decision.name ?? say('somebody'), policy: say('aPolicy'), timeout: say('timeLimit') };
  return (
    <Chapter title={say('approvedBy', { who: by[decision.by as keyof typeof by] ?? decision.by })} at={at}>
      <p className={same ? classes.good : classes.bad}>
        {same ? <IconCircleCheck size={16} aria-hidden /> : <IconOctagon size={16} aria-hidden />}
        {say(same ? 'same' : 'notSame')}
      </p>
      <p className={classes.hash}>{say('hash', { hash: decision.content_hash })}</p>
    </Chapter>
  );
}

function Evidence({ story }: { story: Told }) {
  return (
    <Chapter title={say('evidence')} at={null}>
      {story.evidence.length === 0 && <p className="quiet">{say('noFact')}</p>}
      {story.evidence.map((one) => (
        <div key={one.claim}>
          <p>{say('claim', { claim: one.claim })}</p>
          {one.fact ? (
            <p className="quiet">
              {say('source', {
                kind: one.fact.kind.replaceAll('_', ' '),
                source: worded(`source_${one.fact.source}`, one.fact.source),
                url: one.fact.url,
                day: day(one.fact.retrieved_at),
                quote: one.fact.quote,
              })}
            </p>
          ) : (
            <p className="quiet">{say('factGone')}</p>
          )}
        </div>
      ))}
    </Chapter>
  );
}

function Log({ story }: { story: Told }) {
  const proven = Object.keys(story.proofs).length;
  return (
    <Chapter title={say('proven', { count: proven, all: story.events.length })} at={null}>
      <ul className={classes.events}>
        {story.events.map((event) => (
          <li key={event.id}>
            <span className={classes.when}>{instant(event.at)}</span>
            <span>{event.action}</span>
            <span className="quiet">{event.actor}</span>
            <span className="quiet tabular">
              {event.leaf_no === null ? say('notSealed') : say('leaf', { number: event.leaf_no })}
            </span>
          </li>
        ))}
      </ul>
    </Chapter>
  );
}

function Chapter({ title, at, children }: { title: string; at: string | null; children: ReactNode }) {
  return (
    <li className={classes.chapter}>
      <h2 className={classes.title}>
        {title}
        {at && <time dateTime={at}>{moment(at)}</time>}
      </h2>
      <div className={classes.told}>{children}</div>
    </li>
  );
}
