"""The one door for decisions on drafts. Each is bound to exact content and made once.

In: a draft's id, and a person, a policy or a time limit. Out: the decided draft, or the new version.
Never: a decision by an agent, a second decision on one draft, a change of a decided text, a person's
name on what a policy or a time limit decided.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from outrider.drafts import claim, genuine, store, version
from outrider.drafts.claim import Case
from outrider.drafts.read import standing, when
from outrider.drafts.review import (
    judge,
    look,
    override,
    policy,
    second,
    seed,
    store_people,
    store_reviews,
)
from outrider.drafts.review import snooze as snoozing
from outrider.drafts.review.allowed import Verb, enough
from outrider.drafts.review.alone import Alone, why_not_alone
from outrider.drafts.review.conditions import rests_on_web
from outrider.drafts.review.types import Review
from outrider.drafts.rewrite import REWRITE_JOB
from outrider.drafts.rich import Markup
from outrider.drafts.states import Event, after
from outrider.drafts.types import (
    DecidedBy,
    DecisionKind,
    Draft,
    DraftStatus,
    RejectCategory,
    Variant,
    Wording,
)
from outrider.guardrails.reading.letters import plain
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import ActorKind, Tx
from outrider.kernel.errors import InvalidInput, NotAllowed, Refused
from outrider.kernel.ids import PersonId
from outrider.kernel.jobs import defer
from outrider.prospects import research

LONGEST_NOTE = 4_000
EXPIRED = "Nobody decided in time."


async def approve(
    tx: Tx,
    draft_id: UUID,
    person_id: PersonId,
    expected_hash: str | None = None,
    bulk_id: UUID | None = None,
) -> Draft:
    """Approve exactly this content. `expected_hash` is what the person had on the screen.

    Where the policy asks for two approvals, the first leaves the draft pending. An approval can be
    taken back until `released_at`. A test of the reviewers is never approved: it comes back as
    withdrawn, its note says what was wrong with it.

    Raises:
        NotFound: there is no such draft.
        NotAllowed: the person, or the policy for this person, does not allow it.
        Refused: a finding or the policy blocks it; the sentence names it and the fix.
        Conflict: somebody was first, the content is not what the person saw, or the contact or
            campaign changed since it was written.
        Broken: the stored text is not what its hash says, or not what its words make.
    """
    case = await claim.opened(tx, draft_id, person_id)
    draft = case.draft
    await claim.require(tx, case, Verb.APPROVE)
    claim.is_whole(draft, expected_hash)
    if draft.is_seed:
        return await _tested(tx, case, Event.WITHDRAW, seed.Outcome.MISSED)
    blocking = await genuine.blocking(tx, draft, case.earlier)
    if blocking:
        raise claim.blocked(draft, blocking)
    if case.situation.verdict is not None and case.situation.verdict.approvals > 1:
        case = await _one_of_two(tx, case)
        if not enough(case.situation, case.member):
            return draft
    quick = bulk_id is None and look.is_quick(case.dwell_seconds, case.guard)
    said = {**case.note_of_person, "is_quick": quick, "bulk_id": bulk_id}
    decided = await claim.approve(tx, draft, tx.now + case.guard.undo, said)
    await _approved_at_last(tx, decided)
    return decided


async def approve_by(
    tx: Tx, draft_id: UUID, by: DecidedBy, policy_id: UUID | None, reason: str
) -> Draft:
    """Approve in nobody's name: a policy's rule, or a policy's word on what happens after the time limit.

    The same gates as for a person, and more: nothing to warn of, no high risk, nothing that a person
    took back. `policy_id` is of the stored policy, None for the built-in one.

    Raises:
        NotAllowed: no job acts, or it would be in a person's name.
        NotFound, Conflict, Broken: as for `approve`.
        Refused: the policy, the review or a finding asks for a person.
    """
    if tx.actor.kind is not ActorKind.JOB or by is DecidedBy.PERSON:
        raise NotAllowed(f"{tx.actor} may not approve as a {by}: jobs do, in nobody's name.")
    draft = await claim.found(tx, draft_id)
    if draft.status is not DraftStatus.PENDING:
        raise await standing(tx, draft)
    claim.is_whole(draft)
    why_not = await _why_not_alone(tx, draft, by, policy_id)
    if why_not is not None:
        raise Refused(f"Draft {draft.number} needs a person: {why_not}.", draft=draft.number)
    guard = (await policy.active(tx, draft.campaign_id)).policy.guard
    said = {"by": by, "policy_id": policy_id, "note": reason or None}
    told = {"policy": str(policy_id) if policy_id else None, "reason": reason}
    decided = await claim.approve(tx, draft, tx.now + guard.undo, said, **told)
    await _approved_at_last(tx, decided)
    return decided


async def edit(
    tx: Tx,
    draft_id: UUID,
    person_id: PersonId,
    subject: str | None = None,
    body: str | Markup | None = None,
) -> Draft:
    """Put a person's words in place of a draft's; the new version is pending and checked again.

    Of a body in HTML the form stays: bold, italic, links and lists. The text part says the same words;
    both are composed here, checked, and covered by the hash.

    Claims whose words still stand are kept. Nothing is approved by an edit, and approvals given so far
    end with it. An edited test of the reviewers is caught: it comes back superseded, without a new
    version.

    Raises:
        NotFound, NotAllowed, Conflict: as for `approve`.
        InvalidInput: nothing was changed, or a text is empty, far too long or shows HTML.
    """
    return await _replaced(tx, draft_id, person_id, (subject, body), None)


async def choose(tx: Tx, draft_id: UUID, person_id: PersonId, variant: Variant) -> Draft:
    """Put a writer's variant in place of a draft: an edit in other words than the person's own.

    Raises:
        NotFound, NotAllowed, Conflict, InvalidInput: as for `edit`.
    """
    words = (variant.mail.subject, variant.mail.body)
    return await _replaced(tx, draft_id, person_id, words, variant)


async def reject(
    tx: Tx,
    draft_id: UUID,
    person_id: PersonId,
    note: str,
    category: RejectCategory | str | None = None,
) -> Draft:
    """Send a draft back with a note on what to do better; a job writes the next version.

    The job is part of the transaction: whatever happens to the door afterwards, the note is answered.

    Raises:
        NotFound, NotAllowed, Conflict: as for `approve`.
        InvalidInput: the note is empty or too long, or there is no such category.
    """
    note = plain(note).strip()
    if not note or len(note) > LONGEST_NOTE:
        raise InvalidInput(
            f"The note has {len(note):,} characters: say in 1 to {LONGEST_NOTE:,} what to do better."
        )
    about = _category(category)
    case = await claim.opened(tx, draft_id, person_id)
    draft = case.draft
    await claim.require(tx, case, Verb.REJECT)
    if draft.is_seed:
        return await _tested(tx, case, Event.REJECT, seed.Outcome.CAUGHT)
    decided = await claim.move(tx, draft, Event.REJECT)
    said = {**case.note_of_person, "note": note, "category": about}
    decision = await claim.keep(tx, decided, DecisionKind.REJECT, said)
    await override.keep(tx, decided, decision)
    await defer(
        tx, REWRITE_JOB, key=f"lineage:{draft.lineage_id}", args={"draft_id": str(draft.id)}
    )
    return decided


async def take_back(tx: Tx, draft_id: UUID, person_id: PersonId) -> Draft:
    """Take an approval back while nothing left: a new version with the same words waits again.

    The approval stays in the history; what it approved is superseded.

    Raises:
        NotFound: there is no such draft.
        NotAllowed: the person may not decide.
        Conflict: it is not approved, or the time to take it back is over, or it left.
    """
    case = await claim.opened(tx, draft_id, person_id)
    draft = case.draft
    await claim.require(tx, case, Verb.TAKE_BACK)
    note = f"{case.member.name} took the approval back at {when(tx.now, tx.now)}."
    made = await version.again(tx, draft, note)
    if not await store.claim_back(tx, draft.id):
        raise await claim.late(tx, draft)
    body = {"person": str(person_id), "content_hash": draft.content_hash, "version": draft.version}
    await record(tx, "drafts.take_back", f"draft:{draft.id}", body)
    status = after(draft.status, Event.TAKE_BACK)
    return await version.add(tx, draft.model_copy(update={"status": status}), made)


async def expire(tx: Tx, draft_id: UUID) -> Draft:
    """End a draft that nobody decided in time. Nobody's name stands on it, and there is no decision.

    Raises:
        NotAllowed: a person or an agent acts; only the clock expires a draft.
        NotFound: there is no such draft.
        Conflict: somebody decided meanwhile.
    """
    if tx.actor.kind not in (ActorKind.JOB, ActorKind.SYSTEM):
        raise NotAllowed(f"{tx.actor} may not let a draft expire: the clock does, or reject it.")
    draft = await claim.found(tx, draft_id)
    if draft.status is not DraftStatus.PENDING:
        raise await standing(tx, draft)
    moved = await store.move(tx, [draft.id], Event.EXPIRE, DraftStatus.EXPIRED, EXPIRED)
    if not moved:
        raise await claim.late(tx, draft)
    if draft.is_seed:
        await seed.end(tx, draft.id, seed.Outcome.RETIRED, None)
    await record(tx, "drafts.expire", f"draft:{draft.id}", {"content_hash": draft.content_hash})
    changes = {"status": DraftStatus.EXPIRED, "resolved_at": tx.now, "note": EXPIRED}
    return draft.model_copy(update=changes)


async def snooze(tx: Tx, draft_id: UUID, person_id: PersonId, until: datetime | None) -> Review:
    """Hide a draft from the listing until then; None shows it again. Its due time stands.

    Raises:
        NotFound, NotAllowed, Conflict: as for `approve`.
        InvalidInput: the instant is not within the next 30 days.
    """
    case = await claim.opened(tx, draft_id, person_id)
    await claim.require(tx, case, Verb.SNOOZE)
    return await snoozing.snooze(tx, case.draft, person_id, until)


async def _replaced(
    tx: Tx,
    draft_id: UUID,
    person_id: PersonId,
    given: tuple[str | None, str | Markup | None],
    chosen: Variant | None,
) -> Draft:
    """The next version with these words, a variant's with its claims."""
    case = await claim.opened(tx, draft_id, person_id)
    draft = case.draft
    await claim.require(tx, case, Verb.EDIT)
    words = version.words_of(draft, *given)
    if draft.is_seed:
        return await _tested(tx, case, Event.EDIT, seed.Outcome.CAUGHT)
    made = await version.of_words(tx, draft, words, chosen.mail.claims if chosen else None)
    replaced = await claim.move(tx, draft, Event.EDIT)
    added = await version.add(tx, draft, made)
    note = f"Chose variant {chosen.number}." if chosen else None
    said = {**case.note_of_person, **_after(words), "note": note}
    decision = await claim.keep(tx, replaced, DecisionKind.EDIT, said)
    await override.keep(tx, replaced, decision, is_choice=chosen is not None)
    return added


async def _one_of_two(tx: Tx, case: Case) -> Case:
    """Store this approval, after whoever is storing one at this moment."""
    draft, member = case.draft, case.member
    await store.lock(tx, draft.id)
    case = await claim.opened(tx, draft.id, member.person_id)
    await claim.require(tx, case, Verb.APPROVE)
    if await store_people.add_approval(tx, draft.id, member.person_id, draft.content_hash):
        body = {"person": str(member.person_id), "content_hash": draft.content_hash}
        await record(tx, "drafts.approve_one_of_two", f"draft:{draft.id}", body)
    return case


async def _why_not_alone(tx: Tx, draft: Draft, by: DecidedBy, policy_id: UUID | None) -> str | None:
    parent = await store.decision_on(tx, draft.parent_id) if draft.parent_id else None
    dossier = await research.dossier(tx, draft.account_id)
    facts = Alone(
        by=by,
        draft=draft,
        review=await store_reviews.of_draft(tx, draft.id),
        active=await policy.active(tx, draft.campaign_id),
        policy_id=policy_id,
        is_judged=await judge.scores_of(tx, draft.id) is not None,
        is_read=await second.is_read(tx, draft),
        was_taken_back=parent is not None and parent.kind is DecisionKind.APPROVE,
        rests_on_web=rests_on_web(draft, dossier.facts),
        now=tx.now,
    )
    why_not = why_not_alone(facts)
    if why_not is not None:
        return why_not
    found = await genuine.findings(tx, draft)
    return why_not_alone(
        facts.model_copy(update={"draft": draft.model_copy(update={"findings": found})})
    )


async def _approved_at_last(tx: Tx, decided: Draft) -> None:
    if decided.version > 1:
        await override.fill(tx, decided)


async def _tested(tx: Tx, case: Case, event: Event, outcome: seed.Outcome) -> Draft:
    """End a test of the reviewers; its note tells the person at once."""
    draft, status = case.draft, after(case.draft.status, event)
    note = await seed.verdict(tx, draft.id, outcome)
    if not await store.move(tx, [draft.id], event, status, note):
        raise await claim.late(tx, draft)
    await seed.end(tx, draft.id, outcome, case.member.person_id)
    return draft.model_copy(update={"status": status, "resolved_at": tx.now, "note": note})


def _after(words: Wording) -> dict[str, str]:
    return {"subject_after": words.subject, "body_after": words.body}


def _category(said: RejectCategory | str | None) -> RejectCategory | None:
    try:
        return RejectCategory(said) if said else None
    except ValueError:
        raise InvalidInput(
            f"There is no category {said!r}; choose one of {', '.join(RejectCategory)}, or none."
        ) from None
