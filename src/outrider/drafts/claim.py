"""The parts that every decision has: look at the draft, ask whether it may be, move it once, keep it.

In: the open transaction, a draft's id, a person or a job. Out: a `Case`; the moved draft; its decision row.
Never: a decision of its own (`decide` is the door), a look at anything but what is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from outrider.drafts import store, store_case
from outrider.drafts.read import standing
from outrider.drafts.review import calendar, policy, route
from outrider.drafts.review.allowed import Ground, Permission, Situation, Verb, allowed
from outrider.drafts.review.look import dwell
from outrider.drafts.review.types import Action, Guard, Review
from outrider.drafts.rules import content_hash
from outrider.drafts.states import Event, after
from outrider.drafts.store_case import Seen
from outrider.drafts.types import Decision, DecisionId, DecisionKind, Draft, DraftStatus
from outrider.guardrails.types import Finding
from outrider.kernel import access
from outrider.kernel.access import Member
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import About, ActorKind, Tx
from outrider.kernel.errors import Broken, Conflict, NotAllowed, NotFound, OutriderError, Refused
from outrider.kernel.ids import PersonId


@dataclass(frozen=True)
class Case:
    """A draft before a person who wants to do something with it."""

    draft: Draft
    member: Member
    review: Review | None
    dwell_seconds: Decimal | None
    situation: Situation
    permissions: Mapping[Verb, Permission]
    guard: Guard
    """Of the policy in force."""
    earlier: tuple[str, ...]
    """Bodies of the mails that the contact was sent, newest first."""

    @property
    def note_of_person(self) -> dict[str, Any]:
        """What a decision row says of the person."""
        return {"person_id": self.member.person_id, "dwell_seconds": self.dwell_seconds}


async def opened(tx: Tx, draft_id: UUID, person_id: PersonId) -> Case:
    """The draft as this person finds it.

    Raises:
        NotAllowed: no person acts, or it is no member of this workspace.
        NotFound: there is no such draft.
    """
    _is_no_machine(tx)
    seen = await store_case.seen(tx, draft_id, person_id)
    if seen.member is None:
        raise _no_member(person_id)
    if seen.draft is None:
        raise _no_draft(draft_id)
    return await _case(tx, seen.draft, seen.member, seen)


async def acting(tx: Tx, person_id: PersonId) -> Member:
    """The member in whose name this is done.

    Raises:
        NotAllowed: a machine acts, or the person is no member of this workspace.
    """
    _is_no_machine(tx)
    member = await access.member(tx, person_id)
    if member is None:
        raise _no_member(person_id)
    return member


async def require(tx: Tx, case: Case, verb: Verb) -> None:
    """Let it pass, or raise what stands against it.

    Raises:
        NotAllowed: the person, or the policy, does not allow it.
        Refused: its policy or a finding blocks it.
        Conflict: somebody was first, or this person approved it already.
    """
    permission = case.permissions[verb]
    if not permission.allowed:
        raise await _error(tx, case, permission)


async def found(tx: Tx, draft_id: UUID) -> Draft:
    """One draft.

    Raises:
        NotFound: there is none in this workspace.
    """
    draft = await store.by_id(tx, draft_id)
    if draft is None:
        raise _no_draft(draft_id)
    return draft


def is_whole(draft: Draft, expected_hash: str | None = None) -> None:
    """Let a draft pass whose text is what its hash says, and what the person saw.

    Raises:
        Broken: the stored text is not what its hash says.
        Conflict: the person saw another text.
    """
    present = content_hash(draft.content)
    if present != draft.content_hash:
        raise Broken(
            f"Draft {draft.number} is not what was written: its stored hash does not fit its text."
        )
    if expected_hash is not None and expected_hash != present:
        raise Conflict(
            f"Draft {draft.number} is not the text that you saw; open it again and decide then."
        )


async def move(tx: Tx, draft: Draft, event: Event, released_at: datetime | None = None) -> Draft:
    """Take the draft for this decision; whoever comes second learns who was first.

    Raises:
        Conflict: somebody was first.
    """
    status = after(draft.status, event)
    if await store.claim(tx, draft.id, event, status, released_at):
        return draft.model_copy(
            update={"status": status, "resolved_at": tx.now, "released_at": released_at}
        )
    raise await late(tx, draft)


async def late(tx: Tx, draft: Draft) -> Conflict:
    """Why a draft that was pending a moment ago could not be moved."""
    now = await store.by_id(tx, draft.id)
    if now is None or now.status is draft.status:
        return Conflict(f"Draft {draft.number} was changed at the same moment; try again.")
    return await standing(tx, now)


async def keep(
    tx: Tx, draft: Draft, kind: DecisionKind, said: Mapping[str, Any], **told: object
) -> Decision:
    """Store what was decided, and its audit event.

    Args:
        tx: the transaction that moved the draft.
        draft: the decided draft, its words as they were decided on.
        kind: what was decided.
        said: further fields of the decision: who, a note, the words of an edit.
        told: further facts for the log.
    """
    decision = _decision(tx, draft, kind, said)
    await store.add_decision(tx, decision)
    await _log(tx, draft, decision, told)
    return decision


async def approve(
    tx: Tx, draft: Draft, released_at: datetime, said: Mapping[str, Any], **told: object
) -> Draft:
    """Move the draft, store the decision and its audit event: `move` and `keep`, a statement less.

    Raises:
        Conflict: somebody was first.
    """
    status = after(draft.status, Event.APPROVE)
    decision = _decision(tx, draft, DecisionKind.APPROVE, said)
    if not await store.approve(tx, decision, status, released_at):
        raise await late(tx, draft)
    await _log(tx, draft, decision, told)
    changes = {"status": status, "resolved_at": tx.now, "released_at": released_at}
    return draft.model_copy(update=changes)


def _decision(tx: Tx, draft: Draft, kind: DecisionKind, said: Mapping[str, Any]) -> Decision:
    return Decision.model_validate(
        {
            "id": DecisionId(tx.new_id()),
            "draft_id": draft.id,
            "kind": kind,
            "content_hash": draft.content_hash,
            "subject_before": draft.content.subject,
            "body_before": draft.body,
            "decided_at": tx.now,
            **said,
        }
    )


async def _log(tx: Tx, draft: Draft, decision: Decision, told: Mapping[str, object]) -> None:
    body: dict[str, object] = {
        "decision": str(decision.id),
        "content_hash": draft.content_hash,
        "version": draft.version,
        "by": decision.by,
        **told,
    }
    if decision.person_id is not None:
        body["person"] = str(decision.person_id)
        body["dwell_seconds"] = decision.dwell_seconds and str(decision.dwell_seconds)
    if decision.is_quick:
        body["quick"] = True
    if decision.bulk_id is not None:
        body["bulk"] = str(decision.bulk_id)
    await record(tx, f"drafts.{decision.kind}", f"draft:{draft.id}", body, told_of(draft))


def told_of(draft: Draft) -> About:
    """To whom a draft is, and what: for the log, sealed under the person's key."""
    whom = draft.content.recipient
    name = f"{whom.first_name} {whom.last_name}".strip()
    facts = {"name": name, "subject": draft.content.subject}
    return About(draft.contact_id, whom.email, {key: said for key, said in facts.items() if said})


def blocked(draft: Draft, findings: tuple[Finding, ...]) -> Refused:
    """That a draft cannot be approved, with the first findings and how to mend them."""
    first = "; ".join(
        f"{item.message.rstrip('.')} ({item.fix.rstrip('.')})" for item in findings[:3]
    )
    more = f"; and {len(findings) - 3} more" if len(findings) > 3 else ""
    return Refused(f"Draft {draft.number} cannot be approved: {first}{more}.", draft=draft.number)


def _is_no_machine(tx: Tx) -> None:
    # The database refuses an agent as well; this sentence is for whoever wired it wrongly.
    if tx.actor.kind is ActorKind.AGENT:
        raise NotAllowed(f"The agent {tx.actor.id} may not decide; a person decides.")
    if tx.actor.kind is ActorKind.JOB:
        raise NotAllowed(f"The job {tx.actor.id} may not decide in a person's name.")


def _no_draft(draft_id: UUID) -> NotFound:
    return NotFound(f"There is no draft {draft_id} in this workspace.")


def _no_member(person_id: PersonId) -> NotAllowed:
    return NotAllowed(f"The person {person_id} is no member of this workspace.")


async def _case(tx: Tx, draft: Draft, member: Member, seen: Seen) -> Case:
    review = seen.review
    if review is None and draft.status is DraftStatus.PENDING and not draft.is_seed:
        # Nobody slips past a policy by being quicker than the job that asks it.
        review = await route.route(tx, draft)
    situation = Situation(
        status=draft.status,
        content_hash=draft.content_hash,
        now=tx.now,
        blocking=tuple(item.message for item in draft.blocked_by),
        verdict=review.verdict if review else None,
        assigned=review.assigned if review else None,
        level=review.level if review else 0,
        approvals=seen.approvals,
        undo_until=draft.released_at,
        people=seen.people,
    )
    others: tuple[Member, ...] = ()
    if review is not None and review.verdict.action is Action.ESCALATE:
        others = await stood_in_for(tx, member)
    return Case(
        draft=draft,
        member=member,
        review=review,
        dwell_seconds=dwell(seen.first_look, tx.now),
        situation=situation,
        permissions=allowed(situation, member, others),
        guard=policy.or_built_in(seen.policy).policy.guard,
        earlier=seen.earlier,
    )


async def stood_in_for(tx: Tx, member: Member) -> tuple[Member, ...]:
    """Those in whose place this person decides now."""
    ids = await calendar.stands_in_for(tx, member.person_id, tx.now)
    known = {one.person_id: one for one in await access.members(tx)} if ids else {}
    return tuple(known[id_] for id_ in ids if id_ in known)


async def _error(tx: Tx, case: Case, permission: Permission) -> OutriderError:
    draft, why = case.draft, permission.why_not or "It may not be done."
    match permission.ground:
        case Ground.STATE if draft.status is not DraftStatus.PENDING:
            found = await standing(tx, draft)
            if draft.status is DraftStatus.APPROVED and case.situation.undo_until is not None:
                return Conflict(
                    f"{found.message} {why}" if why.startswith("The time") else found.message
                )
            return found
        case Ground.STATE:
            return Conflict(f"Draft {draft.number}: {why}", draft=draft.number)
        case Ground.TWICE:
            return Conflict(why, draft=draft.number)
        case Ground.CHECKS:
            return blocked(draft, draft.blocked_by)
        case Ground.BLOCKED:
            return Refused(f"Draft {draft.number} cannot be approved. {why}", draft=draft.number)
        case _:
            return NotAllowed(why)
