"""What became of a mail that was handed off, written down in one transaction.

In: a mail and a transport's answer. Out: its new state, and every consequence of it upstream.
Never: a second outcome for one mail, a resend of what may have arrived.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from outrider.campaigns import enrol
from outrider.drafts import handover
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict
from outrider.prospects import touch
from outrider.prospects.types import Channel, Direction, Touch
from outrider.sending import store
from outrider.sending.rules import pause_before_retry
from outrider.sending.types import Delivery, DeliveryResult, OutboxItem, OutboxStatus

# A reconciler on another machine may have called a slow hand-off unknown; the owner knows better.
_AT_THE_WIRE = (OutboxStatus.SENDING, OutboxStatus.UNKNOWN)


@dataclass(frozen=True)
class HandedOff:
    """A mail that went to the wire, and what its sender remembers of it."""

    item: OutboxItem
    owner: str | None
    """Who claimed it; None: a person decides, whoever it was."""
    subject: str | None = None
    raw_sha256: str | None = None


async def settle(tx: Tx, mail: HandedOff, result: DeliveryResult) -> OutboxItem | None:
    """Save what a transport said of a mail; None when it is not its owner's any more.

    Accepted advances the sequence, marks the draft sent and records the touch. Put off goes again
    after a pause, or fails after the last attempt. No answer is `unknown`: a person decides.
    """
    if result.delivery is Delivery.ACCEPTED:
        return await sent(tx, mail, result.answer)
    if result.delivery is Delivery.TRY_LATER:
        return await _later(tx, mail, result)
    known = result.delivery is Delivery.REFUSED
    after = OutboxStatus.FAILED if known else OutboxStatus.UNKNOWN
    before = _AT_THE_WIRE if known else (OutboxStatus.SENDING,)
    moved = await store.move(
        tx,
        [mail.item.id],
        (before, after),
        owner=mail.owner,
        reason=result.answer,
        provider_answer=result.answer,
        raw_sha256=mail.raw_sha256,
    )
    await _audit(tx, moved)
    return moved[0] if moved else None


async def sent(tx: Tx, mail: HandedOff, answer: str) -> OutboxItem | None:
    """The mail arrived: save it and tell the rooms upstream. None when it was settled before."""
    moved = await store.move(
        tx,
        [mail.item.id],
        (_AT_THE_WIRE, OutboxStatus.SENT),
        owner=mail.owner,
        reason=None,
        provider_answer=answer,
        sent_at=tx.now,
        **({"raw_sha256": mail.raw_sha256} if mail.raw_sha256 else {}),
    )
    if not moved:
        return None
    done = moved[0]
    await handover.mark_sent(tx, [done.draft_id])
    await _advance(tx, done, mail.subject)
    await touch.record(tx, [_touch(tx, done)])
    await _audit(tx, moved)
    return done


async def _advance(tx: Tx, item: OutboxItem, subject: str | None) -> None:
    if subject is None:
        found = await handover.current(tx, [item.draft_id])
        subject = found[0].draft.content.subject if found else ""
    try:
        await enrol.advance(tx, item.enrollment_id, item.step, item.message_id, subject, tx.now)
    except Conflict:
        # A reply or opt-out stopped the sequence while the mail was at the wire: it stays so.
        return


async def _later(tx: Tx, mail: HandedOff, result: DeliveryResult) -> OutboxItem | None:
    item = mail.item
    if result.is_transport_down:
        # Not this mail's fault: it keeps its place and its attempt.
        moved = await store.move(
            tx,
            [item.id],
            ((OutboxStatus.SENDING,), OutboxStatus.QUEUED),
            owner=mail.owner,
            reason=result.answer,
            attempts=item.attempts - 1,
            handed_off_at=None,
        )
        return moved[0] if moved else None
    pause = pause_before_retry(item.attempts, result.retry_after_seconds)
    after = OutboxStatus.FAILED if pause is None else OutboxStatus.DEFERRED
    last = f"put off {item.attempts} times, at last with: {result.answer}"
    moved = await store.move(
        tx,
        [item.id],
        ((OutboxStatus.SENDING,), after),
        owner=mail.owner,
        reason=last if pause is None else result.answer,
        provider_answer=result.answer,
        not_before=tx.now + (pause or timedelta()),
        handed_off_at=None,
    )
    await _audit(tx, moved)
    return moved[0] if moved else None


def _touch(tx: Tx, item: OutboxItem) -> Touch:
    return Touch(
        account_id=item.account_id,
        contact_id=item.contact_id,
        channel=Channel.EMAIL,
        direction=Direction.OUT,
        reference=item.message_id,
        at=tx.now,
    )


async def _audit(tx: Tx, moved: list[OutboxItem]) -> None:
    for item in moved:
        facts = {
            "content_hash": item.content_hash,
            "raw_sha256": item.raw_sha256,
            "attempts": item.attempts,
        }
        await record(tx, f"sending.{item.status}", f"outbox:{item.id}", facts)
