"""What people say to drafts. Each decision names a person and is bound to exact content.

In: a draft's id, a person. Out: the decided draft, or the new version that an edit made.
Never: a decision by an agent or a job, a second decision on one draft, a change of a decided text.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from outrider.drafts import genuine, store
from outrider.drafts.check import check, grounds, is_evidence
from outrider.drafts.read import standing
from outrider.drafts.rewrite import REWRITE_JOB
from outrider.drafts.rules import compose, content_hash, wording
from outrider.drafts.states import Event, after
from outrider.drafts.types import (
    Decision,
    DecisionId,
    DecisionKind,
    Draft,
    DraftId,
    DraftStatus,
    Source,
    Wording,
)
from outrider.drafts.write import ask_for_review, kept_claims, thread_of
from outrider.guardrails.letters import plain
from outrider.guardrails.types import Finding
from outrider.kernel import access
from outrider.kernel.access import Member
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import ActorKind, Tx
from outrider.kernel.errors import Broken, Conflict, InvalidInput, NotAllowed, NotFound, Refused
from outrider.kernel.ids import PersonId
from outrider.kernel.jobs import defer
from outrider.prospects import research

LONGEST_NOTE = 4_000


async def approve(
    tx: Tx, draft_id: UUID, person_id: PersonId, expected_hash: str | None = None
) -> Draft:
    """Approve exactly this content. `expected_hash` is what the person had on the screen.

    Raises:
        NotFound: there is no such draft.
        NotAllowed: the person may not decide here.
        Refused: a finding blocks it; the sentence names it and the fix.
        Conflict: somebody was first, the content is not what the person saw, or the contact or
            campaign changed since it was written.
        Broken: the stored text is not what its hash says, or not what its words make.
    """
    draft, member = await _loaded(tx, draft_id, person_id)
    if draft.status is not DraftStatus.PENDING:
        raise await standing(tx, draft)
    present = content_hash(draft.content)
    if present != draft.content_hash:
        raise Broken(
            f"Draft {draft.number} is not what was written: its stored hash does not fit its text."
        )
    if expected_hash is not None and expected_hash != present:
        raise Conflict(
            f"Draft {draft.number} is not the text that you saw; open it again and decide then."
        )
    blocking = draft.blocked_by or await genuine.blocking(tx, draft)
    if blocking:
        raise Refused(_blocked(draft, blocking), draft=draft.number)
    decided = await _claimed(tx, draft, Event.APPROVE)
    await _keep(tx, decided, member, DecisionKind.APPROVE)
    return decided


async def edit(
    tx: Tx,
    draft_id: UUID,
    person_id: PersonId,
    subject: str | None = None,
    body: str | None = None,
) -> Draft:
    """Put a person's words in place of a draft's; the new version is pending and checked again.

    Claims whose words still stand are kept. Nothing is approved by an edit.

    Raises:
        NotFound, NotAllowed, Conflict: as for `approve`.
        InvalidInput: nothing was changed, or a text is empty or far too long.
    """
    draft, member = await _loaded(tx, draft_id, person_id)
    if draft.status is not DraftStatus.PENDING:
        raise await standing(tx, draft)
    old = draft.content
    words = wording(
        old.subject if subject is None else subject, draft.body if body is None else body
    )
    if words == Wording(subject=old.subject, body=draft.body):
        raise InvalidInput(f"Nothing in draft {draft.number} was changed: write other words.")
    version = await _edited(tx, draft, words)
    replaced = await _claimed(tx, draft, Event.EDIT)
    added = await store.add(tx, version)
    if added is None:
        raise Conflict(f"Draft {draft.number} has a newer version already; open that one.")
    await _keep(tx, replaced, member, DecisionKind.EDIT, words)
    await record(
        tx,
        "drafts.version",
        f"draft:{added.id}",
        {
            "content_hash": added.content_hash,
            "lineage": str(added.lineage_id),
            "version": added.version,
            "replaces": str(draft.id),
            "findings": sorted({f"{item.check}:{item.severity}" for item in added.findings}),
        },
    )
    await ask_for_review(tx, added)
    return added


async def reject(tx: Tx, draft_id: UUID, person_id: PersonId, note: str) -> Draft:
    """Send a draft back with a note on what to do better; a job writes the next version.

    The job is part of the transaction: whatever happens to the door afterwards, the note is answered.

    Raises:
        NotFound, NotAllowed, Conflict: as for `approve`.
        InvalidInput: the note is empty or too long.
    """
    note = plain(note).strip()
    if not note or len(note) > LONGEST_NOTE:
        raise InvalidInput(
            f"The note has {len(note):,} characters: say in 1 to {LONGEST_NOTE:,} what to do better."
        )
    draft, member = await _loaded(tx, draft_id, person_id)
    if draft.status is not DraftStatus.PENDING:
        raise await standing(tx, draft)
    decided = await _claimed(tx, draft, Event.REJECT)
    await _keep(tx, decided, member, DecisionKind.REJECT, note)
    await defer(
        tx, REWRITE_JOB, key=f"lineage:{draft.lineage_id}", args={"draft_id": str(draft.id)}
    )
    return decided


async def _loaded(tx: Tx, draft_id: UUID, person_id: PersonId) -> tuple[Draft, Member]:
    # The database refuses it as well; this sentence is for whoever wired it wrongly.
    if tx.actor.kind is ActorKind.AGENT:
        raise NotAllowed(f"The agent {tx.actor.id} may not decide; a person decides.")
    member = await access.member(tx, person_id)
    if member is None:
        raise NotAllowed(f"The person {person_id} is no member of this workspace.")
    if not member.may_decide:
        raise NotAllowed(
            f"{member.name} is {member.role} here and may not decide; "
            "ask an approver, a campaign manager or an admin."
        )
    draft = await store.by_id(tx, draft_id)
    if draft is None:
        raise NotFound(f"There is no draft {draft_id} in this workspace.")
    return draft, member


async def _claimed(tx: Tx, draft: Draft, event: Event) -> Draft:
    """Take the draft for this decision; whoever comes second learns who was first."""
    status = after(draft.status, event)
    if await store.claim(tx, draft.id, event, status):
        return draft.model_copy(update={"status": status, "resolved_at": tx.now})
    now = await store.by_id(tx, draft.id)
    if now is None or now.status is DraftStatus.PENDING:
        raise Conflict(f"Draft {draft.number} was changed at the same moment; try again.")
    raise await standing(tx, now)


async def _keep(
    tx: Tx, draft: Draft, member: Member, kind: DecisionKind, said: str | Wording | None = None
) -> None:
    """Store the decision and its audit event; `said` is a rejection's note or an edit's words."""
    words = said if isinstance(said, Wording) else None
    decision = Decision(
        id=DecisionId(tx.new_id()),
        draft_id=draft.id,
        kind=kind,
        person_id=member.person_id,
        content_hash=draft.content_hash,
        note=said if isinstance(said, str) else None,
        subject_before=draft.content.subject,
        body_before=draft.body,
        subject_after=words.subject if words else None,
        body_after=words.body if words else None,
        decided_at=tx.now,
    )
    await store.add_decision(tx, decision)
    await record(
        tx,
        f"drafts.{kind}",
        f"draft:{draft.id}",
        {
            "decision": str(decision.id),
            "person": str(member.person_id),
            "content_hash": draft.content_hash,
            "version": draft.version,
        },
    )


async def _edited(tx: Tx, draft: Draft, words: Wording) -> Draft:
    # On a thread the person's subject counts as well; it keeps its honest "Re:".
    thread = thread_of(draft).model_copy(update={"subject": words.subject})
    to, sender = await genuine.addressed(tx, draft)
    content = compose(words, to, sender, draft.step, thread)
    claims = kept_claims(draft.claims, words)
    new = draft.model_copy(update={"content": content, "body": words.body})
    cited = {claim.fact_id for claim in claims}
    changes = {
        "id": DraftId(tx.new_id()),
        "number": 0,
        "version": draft.version + 1,
        "parent_id": draft.id,
        "content_hash": content_hash(content),
        "claims": claims,
        "findings": check(content, words.body, claims, await grounds(tx, new)),
        "sources": await _known_sources(tx, draft) if cited else (),
        "writer": str(tx.actor),
        "note": None,
        "actor": str(tx.actor),
        "created_at": tx.now,
        "resolved_at": None,
    }
    return new.model_copy(update=changes)


async def _known_sources(tx: Tx, draft: Draft) -> tuple[Source, ...]:
    dossier = await research.dossier(tx, draft.account_id)
    return tuple(source for source in draft.sources if is_evidence(source, dossier))


def _blocked(draft: Draft, findings: Sequence[Finding]) -> str:
    first = "; ".join(
        f"{item.message.rstrip('.')} ({item.fix.rstrip('.')})" for item in findings[:3]
    )
    more = f"; and {len(findings) - 3} more" if len(findings) > 3 else ""
    return f"Draft {draft.number} cannot be approved: {first}{more}."
