// A story told from the newest to the oldest: sent, approved, written, evidence, log.
import { IconCircleCheck, IconOctagon } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { day, moment } from '@/lib/time';

import type { Story as Told } from './queries';
import classes from './trace.module.css';

const DID: Readonly<Record<string, string>> = {
  approve: 'approved',
  reject: 'sent back',
  edit: 'edited',
};

/** Who wrote a version, in words. */
function writerOf(writer: string): string {
  if (writer.startsWith('person:')) return 'a person';
  return writer === 'offline' ? 'the offline writer' : writer;
}

export function Story({ story }: { story: Told }) {
  const { mail, versions, decision } = story;
  const last = versions.at(-1);
  return (
    <ol className={classes.story}>
      <Chapter title={mail.status === 'sent' ? 'It was sent' : `It is ${mail.status}`} at={mail.sent_at ?? mail.queued_at}>
        <p>
          “{last?.subject}” to {last?.contact}, {last?.account}
        </p>
        <p className="quiet">
          From {mail.mailbox}, by {mail.transport}
          {mail.provider_answer && `. The answer was: ${mail.provider_answer}`}
        </p>
        {story.thread.map((turn) => (
          <p key={turn.received_at}>
            Came back, {moment(turn.received_at)}: <strong>{turn.kind.replace('_', ' ')}</strong>, “
            {turn.subject}”
          </p>
        ))}
      </Chapter>
      <Approved story={story} at={decision?.decided_at ?? null} />
      <Chapter title={`It was written in ${versions.length === 1 ? 'one version' : `${versions.length} versions`}`} at={versions[0]?.created_at ?? null}>
        {versions.toReversed().map((one) => (
          <p key={one.number}>
            <Link to="/inbox/$number" params={{ number: String(one.number) }}>
              Version {one.version}
            </Link>
            , by {writerOf(one.writer)}
            {one.decision && `, ${DID[one.decision] ?? one.decision} by ${one.decided_by}`}
            {one.decision_note && `: “${one.decision_note}”`}
          </p>
        ))}
        {story.run && (
          <p className="quiet">
            Run of the agent {story.run.agent_name}, {moment(story.run.started_at)}, {story.run.steps_in_all}{' '}
            steps, {story.run.steps.length} about this account: {' '}
            {story.run.steps.map((step) => step.name).join(', ')}. Cost ${story.run.cost_estimate}.
          </p>
        )}
        {story.blueprint && <p className="quiet">By version {story.blueprint.version} of the blueprint.</p>}
      </Chapter>
      <Evidence story={story} />
      <Log story={story} />
    </ol>
  );
}

function Approved({ story, at }: { story: Told; at: string | null }) {
  const { decision, mail } = story;
  if (!decision)
    return (
      <Chapter title="No decision is stored" at={null}>
        <p className={classes.bad}>
          <IconOctagon size={16} aria-hidden /> This must not be: nothing leaves without one.
        </p>
      </Chapter>
    );
  const same = decision.content_hash === mail.content_hash;
  const who =
    decision.by === 'person' ? decision.name : decision.by === 'policy' ? 'A policy' : 'The time limit';
  return (
    <Chapter title={`${who} approved it`} at={at}>
      <p className={same ? classes.good : classes.bad}>
        {same ? <IconCircleCheck size={16} aria-hidden /> : <IconOctagon size={16} aria-hidden />}
        {same ? 'What was approved is what was sent, to the letter.' : 'What was sent is NOT what was approved.'}
      </p>
      <p className={classes.hash}>SHA-256 {decision.content_hash}</p>
    </Chapter>
  );
}

function Evidence({ story }: { story: Told }) {
  return (
    <Chapter title="What it rests on" at={null}>
      {story.evidence.length === 0 && <p className="quiet">The mail states no fact.</p>}
      {story.evidence.map((one) => (
        <div key={one.claim}>
          <p>“{one.claim}”</p>
          {one.fact ? (
            <p className="quiet">
              {one.fact.kind.replaceAll('_', ' ')}, from {one.fact.source.replaceAll('_', ' ')} (
              {one.fact.url}), read {day(one.fact.retrieved_at)}: “{one.fact.quote}”
            </p>
          ) : (
            <p className="quiet">Its fact is not stored any more.</p>
          )}
        </div>
      ))}
    </Chapter>
  );
}

function Log({ story }: { story: Told }) {
  const proven = Object.keys(story.proofs).length;
  return (
    <Chapter title={`${proven} of ${story.events.length} events are proven in the sealed log`} at={null}>
      <ul className={classes.events}>
        {story.events.map((event) => (
          <li key={event.id}>
            <span className={classes.when}>{moment(event.at)}</span>
            <span>{event.action}</span>
            <span className="quiet">{event.actor}</span>
            <span className="quiet tabular">{event.leaf_no === null ? 'not sealed yet' : `leaf ${event.leaf_no}`}</span>
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
