"""What happened becomes activities that wait for the CRM.

In: sent mails and people's answers, pulled through the doors of `sending` and `conversations`.
Out: staged activities, each once. Never: a call, or a mail's text.
"""

from __future__ import annotations

from outrider.conversations import read as conversations
from outrider.conversations.types import Thread, Turn, TurnId
from outrider.crm import store
from outrider.crm.types import Activity, ActivityId, ActivityKind, StageReport
from outrider.kernel.database.tx import Tx
from outrider.sending import find
from outrider.sending.types import OutboxId, OutboxItem

BATCH = 500


async def stage(tx: Tx, limit: int = 5000) -> StageReport:
    """Stage up to `limit` sent mails and as many answers.

    Reading starts a little before the last one that is known, because senders commit in another
    order than they send; what is known is passed over.
    """
    return StageReport(sent=await _stage_sent(tx, limit), received=await _stage_received(tx, limit))


async def _stage_sent(tx: Tx, limit: int) -> int:
    known = await store.resume_at(tx, ActivityKind.EMAIL_SENT)
    after, staged = OutboxId(known) if known else None, 0
    while staged < limit:
        items = await find.sent_since(tx, after, BATCH)
        if not items:
            break
        after = items[-1].id
        staged += await store.add(tx, [_sent(tx, item) for item in items])
    return staged


async def _stage_received(tx: Tx, limit: int) -> int:
    known = await store.resume_at(tx, ActivityKind.EMAIL_RECEIVED)
    after, staged = TurnId(known) if known else None, 0
    while staged < limit:
        found = await conversations.received_since(tx, after, BATCH)
        if not found:
            break
        after = found[-1][0].id
        staged += await store.add(tx, [_received(tx, turn, thread) for turn, thread in found])
    return staged


def _sent(tx: Tx, item: OutboxItem) -> Activity:
    sent_at = item.sent_at.isoformat() if item.sent_at else ""
    return Activity(
        id=ActivityId(tx.new_id()),
        kind=ActivityKind.EMAIL_SENT,
        reference=item.message_id,
        account_id=item.account_id,
        contact_id=item.contact_id,
        payload={
            "source_id": str(item.id),
            "at": sent_at,
            "campaign_id": str(item.campaign_id),
            "step": str(item.step),
        },
        staged_at=tx.now,
    )


def _received(tx: Tx, turn: Turn, thread: Thread) -> Activity:
    return Activity(
        id=ActivityId(tx.new_id()),
        kind=ActivityKind.EMAIL_RECEIVED,
        reference=turn.message_id or turn.raw_sha256,
        account_id=thread.account_id,
        contact_id=thread.contact_id,
        payload={
            "source_id": str(turn.id),
            "at": turn.received_at.isoformat(),
            "outcome": turn.kind.value,
        },
        staged_at=tx.now,
    )
