"""Approved drafts go to whoever sends them; sending pulls, this room does not know it.

In: a limit, ids. Out: approved drafts with the hash that a person approved.
Never: a draft without a decision, a draft twice, a draft whose approval can still be taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from outrider.drafts import store
from outrider.drafts.rules import content_hash
from outrider.drafts.states import Event
from outrider.drafts.types import ApprovedDraft, Draft, DraftId, DraftStatus
from outrider.kernel.audit.append_many import Happening, record_all
from outrider.kernel.database.tx import Tx


async def take(
    tx: Tx, limit: int, mailbox_id: UUID | None = None, now: bool = False
) -> list[ApprovedDraft]:
    """Hand over up to `limit` approved drafts, oldest first; each goes to one caller only.

    A draft whose approval can still be taken back stays here, unless `now`.
    """
    taken = await store.take_approved(tx, limit, mailbox_id, now=now)
    events = [
        Happening(
            "drafts.queue",
            f"draft:{item.draft.id}",
            {"decision": str(item.decision_id), "content_hash": item.approved_hash},
        )
        for item in taken
    ]
    await record_all(tx, events)
    return taken


async def held(tx: Tx, limit: int = 500) -> list[Draft]:
    """Approved drafts that can still be taken back, the next to leave first."""
    return await store.held(tx, limit)


async def current(tx: Tx, draft_ids: Sequence[UUID]) -> list[ApprovedDraft]:
    """The drafts as they stand now, their `content_hash` recomputed from what is stored.

    The sender compares it with `approved_hash` just before the wire (decision 0003).
    """
    found = await store.approved(tx, draft_ids)
    return [
        item.model_copy(
            update={
                "draft": item.draft.model_copy(
                    update={"content_hash": content_hash(item.draft.content)}
                )
            }
        )
        for item in found
    ]


async def mark_sent(tx: Tx, draft_ids: Sequence[UUID]) -> list[DraftId]:
    """Queued drafts that left; returns those that this call moved."""
    return await _moved(tx, draft_ids, Event.SEND, None)


async def withdraw(tx: Tx, draft_ids: Sequence[UUID], reason: str) -> list[DraftId]:
    """Take drafts back before they leave, with a reason; returns those that this call moved."""
    return await _moved(tx, draft_ids, Event.WITHDRAW, reason)


async def withdraw_open(tx: Tx, enrollment_ids: Sequence[UUID], reason: str) -> list[DraftId]:
    """Take back every unsent draft of enrollments that stopped, e.g. because the person replied."""
    return await withdraw(tx, await store.open_of_enrollments(tx, enrollment_ids), reason)


async def _moved(
    tx: Tx, draft_ids: Sequence[UUID], event: Event, reason: str | None
) -> list[DraftId]:
    if not draft_ids:
        return []
    status = {Event.SEND: DraftStatus.SENT, Event.WITHDRAW: DraftStatus.WITHDRAWN}[event]
    moved = await store.move(tx, draft_ids, event, status, reason)
    body = {"reason": reason} if reason else {}
    events = [Happening(f"drafts.{event}", f"draft:{draft_id}", body) for draft_id in moved]
    await record_all(tx, events)
    return moved
