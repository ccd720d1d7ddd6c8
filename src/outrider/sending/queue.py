"""Approved drafts become outbox rows with final Message-IDs, before anything touches the wire.

In: drafts with a decision and its hash. Out: queued mails, each with its time and the reason to wait
for it. Never: two for one step.
"""

from __future__ import annotations

from outrider.drafts import handover
from outrider.drafts.types import ApprovedDraft
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.sending import store
from outrider.sending.health import bands
from outrider.sending.mail import message_id
from outrider.sending.pacing.anew import plan_anew
from outrider.sending.pacing.plan import plan
from outrider.sending.types import MailboxId, OutboxId, OutboxItem, OutboxStatus


async def enqueue(tx: Tx, limit: int = 500, *, now: bool = False) -> list[OutboxItem]:
    """Pull at most `limit` approved drafts into the outbox.

    A draft whose approval can still be taken back stays where it is, unless `now`. A draft whose step
    has a mail on its way already is withdrawn with that reason, not queued.
    """
    await follow_health(tx)
    taken = await handover.take(tx, limit, now=now)
    if not taken:
        return []
    items = [_row(tx, approved) for approved in taken]
    standings = await bands.standing(tx, list({item.mailbox_id for item in items}))
    items = await plan(tx, items, {id_: one.factor for id_, one in standings.items()})
    went_in = await store.insert_items(tx, items)
    queued = [item for item in items if item.id in went_in]
    doubled = [item for item in items if item.id not in went_in]
    if doubled:
        reason = "this step of the sequence has a mail on its way already"
        await handover.withdraw(tx, [item.draft_id for item in doubled], reason)
    for item in queued:
        body = {"draft": str(item.draft_id), "content_hash": item.content_hash}
        await record(tx, "sending.queue", f"outbox:{item.id}", body)
    return queued


async def follow_health(tx: Tx) -> int:
    """Plan anew what waits in mailboxes whose band has changed; returns how many mails moved (X-8).

    Reputation is a budget: fewer mails a day when it falls, more again, step by step, as it recovers.
    """
    changed = await bands.to_plan_anew(tx)
    if not changed:
        return 0
    # Noted first: a band that changes from now on is planned for by whoever comes next.
    await bands.planned_anew(tx)
    standings = await bands.standing(tx, changed)
    return await plan_anew(tx, changed, {id_: one.factor for id_, one in standings.items()})


def _row(tx: Tx, approved: ApprovedDraft) -> OutboxItem:
    draft = approved.draft
    id_ = OutboxId(tx.new_id())
    return OutboxItem(
        id=id_,
        draft_id=draft.id,
        decision_id=approved.decision_id,
        enrollment_id=draft.enrollment_id,
        campaign_id=draft.campaign_id,
        account_id=draft.account_id,
        contact_id=draft.contact_id,
        mailbox_id=MailboxId(draft.content.sender.mailbox_id),
        step=draft.step,
        content_hash=approved.approved_hash,
        message_id=message_id(id_.hex, draft.content.sender.address),
        status=OutboxStatus.QUEUED,
        queued_at=tx.now,
        not_before=tx.now,
    )
