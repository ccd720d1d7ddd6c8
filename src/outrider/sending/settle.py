"""What the wire said becomes what everybody knows (decision 0004).

In: handed-off mails and what a transport said of them. Out: the moved items. Never: a second
settlement; a mail that its owner lost is left as another found it.

Enrollments are locked before drafts and outbox rows: whoever receives a reply takes them in the same
order, so the two never wait for each other in a ring.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from outrider.campaigns import onward
from outrider.campaigns.enrol_types import Gone
from outrider.drafts import handover
from outrider.kernel.audit.append_many import Happening, record_all
from outrider.kernel.database.tx import About, Tx
from outrider.prospects import touch
from outrider.prospects.types import Channel, Direction, Touch
from outrider.sending import store, store_flight
from outrider.sending.health import notes
from outrider.sending.rules import pause_before_retry
from outrider.sending.types import Delivery, DeliveryResult, OutboxId, OutboxItem, OutboxStatus

# A reconciler on another machine may have called a slow hand-off unknown; the owner knows better.
_AT_THE_WIRE = (OutboxStatus.SENDING, OutboxStatus.UNKNOWN)


@dataclass(frozen=True)
class HandedOff:
    """A mail that went to the wire, and what its sender remembers of it."""

    item: OutboxItem
    owner: str | None
    """Who claimed it; None: a person decides, whoever it was."""
    subject: str | None = None
    recipient: str = ""
    """The address it went to; empty: its sender does not remember."""


async def settle(tx: Tx, mail: HandedOff, result: DeliveryResult) -> OutboxItem | None:
    """Save what a transport said of a mail; None when it is not its owner's any more."""
    return next(iter(await settle_all(tx, [(mail, result)])), None)


async def settle_all(
    tx: Tx, several: Sequence[tuple[HandedOff, DeliveryResult]]
) -> list[OutboxItem]:
    """Save what was said of mails of one owner; those that are not his any more are left out.

    Accepted advances the sequence, marks the draft sent and records the touch. Put off goes again
    after a pause, or fails after the last attempt. No answer is `unknown`: a person decides.
    """
    arrived = [one for one in several if one[1].delivery is Delivery.ACCEPTED]
    moved = await _arrived(tx, arrived)
    for mail, result in several:
        if result.delivery is Delivery.TRY_LATER:
            moved += await _later(tx, mail, result)
        elif result.delivery is not Delivery.ACCEPTED:
            moved += await _ended(tx, mail, result)
    return moved


async def sent(tx: Tx, mail: HandedOff, answer: str) -> OutboxItem | None:
    """The mail arrived: save it and tell the rooms upstream. None when it was settled before."""
    result = DeliveryResult(delivery=Delivery.ACCEPTED, answer=answer)
    return await settle(tx, mail, result)


async def _arrived(tx: Tx, several: Sequence[tuple[HandedOff, DeliveryResult]]) -> list[OutboxItem]:
    if not several:
        return []
    held = await onward.lock(tx, [mail.item.enrollment_id for mail, _ in several])
    owner = several[0][0].owner
    moved = await store_flight.sent(tx, [(mail.item, result) for mail, result in several], owner)
    if not moved:
        return []
    await handover.mark_sent(tx, [item.draft_id for item in moved])
    seen = {mail.item.id: result.seen_as for mail, result in several if result.seen_as}
    subjects = await _subjects(tx, [mail for mail, _ in several])
    gone = [
        Gone(item.enrollment_id, item.step, seen.get(item.id, item.message_id), subjects[item.id])
        for item in moved
    ]
    # A reply or opt-out may have stopped a sequence while its mail was at the wire: it stays so.
    await onward.advance_all(tx, held, gone)
    await touch.record(tx, [_touch(tx, item) for item in moved])
    went_to = await _recipients(tx, [mail for mail, _ in several])
    told = {
        item.id: About(item.contact_id, went_to[item.id], {"subject": subjects[item.id]})
        for item in moved
    }
    await _audit(tx, moved, told)
    return moved


async def _subjects(tx: Tx, mails: Sequence[HandedOff]) -> dict[object, str]:
    """Their subjects; those that nobody remembers are read."""
    forgotten = [mail.item.draft_id for mail in mails if mail.subject is None]
    found = await handover.current(tx, forgotten) if forgotten else []
    read = {one.draft.id: one.draft.content.subject for one in found}
    return {
        mail.item.id: read.get(mail.item.draft_id, "") if mail.subject is None else mail.subject
        for mail in mails
    }


async def _recipients(tx: Tx, mails: Sequence[HandedOff]) -> dict[OutboxId, str]:
    """Whom they went to; where somebody else than the sender found out, it is read."""
    forgotten = [mail.item.draft_id for mail in mails if not mail.recipient]
    found = await handover.current(tx, forgotten) if forgotten else []
    read = {one.draft.id: one.draft.content.recipient.email for one in found}
    return {mail.item.id: mail.recipient or read.get(mail.item.draft_id, "") for mail in mails}


async def _ended(tx: Tx, mail: HandedOff, result: DeliveryResult) -> list[OutboxItem]:
    known = result.delivery is Delivery.REFUSED
    after = OutboxStatus.FAILED if known else OutboxStatus.UNKNOWN
    moved = await store.move(
        tx,
        [mail.item.id],
        (_AT_THE_WIRE if known else (OutboxStatus.SENDING,), after),
        owner=mail.owner,
        reason=result.answer,
        provider_answer=result.answer,
    )
    await _audit(tx, moved)
    if known:
        await _note(tx, mail, result, moved)
    return moved


async def _later(tx: Tx, mail: HandedOff, result: DeliveryResult) -> list[OutboxItem]:
    item = mail.item
    if result.is_transport_down:
        # Not this mail's fault, or so it seems: it keeps its attempt, and goes behind those that wait,
        # for a server that hangs up at one mail would otherwise never hear of the next.
        moved = await store.move(
            tx,
            [item.id],
            ((OutboxStatus.SENDING,), OutboxStatus.QUEUED),
            owner=mail.owner,
            reason=result.answer,
            attempts=item.attempts - 1,
            not_before=tx.now,
            handed_off_at=None,
        )
        await _note(tx, mail, result, moved)
        return moved
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
    await _note(tx, mail, result, moved)
    return moved


async def _note(
    tx: Tx, mail: HandedOff, result: DeliveryResult, moved: Sequence[OutboxItem]
) -> None:
    """Tell health what the other side said: it may speak of us and not of the address."""
    if moved:
        await notes.note_answer(tx, mail.item, "", result.answer)


def _touch(tx: Tx, item: OutboxItem) -> Touch:
    return Touch(
        account_id=item.account_id,
        contact_id=item.contact_id,
        channel=Channel.EMAIL,
        direction=Direction.OUT,
        reference=item.message_id,
        at=tx.now,
    )


async def _audit(
    tx: Tx, moved: Sequence[OutboxItem], told: Mapping[OutboxId, About] | None = None
) -> None:
    events = [
        Happening(
            f"sending.{item.status}",
            f"outbox:{item.id}",
            {
                "content_hash": item.content_hash,
                "raw_sha256": item.raw_sha256,
                "attempts": item.attempts,
            },
            (told or {}).get(item.id),
        )
        for item in moved
    ]
    await record_all(tx, events)
