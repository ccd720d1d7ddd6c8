"""Give each mail of a batch its time, beside everything that its mailbox has planned already.

In: mails that are about to be queued. Out: the same with `not_before` and the reason to wait.
Never: a write, a mail put off without a reason, a second plan for a mailbox at the same time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from outrider.kernel.database.tx import Tx
from outrider.prospects.types import ContactId
from outrider.sending import store as outbox
from outrider.sending.pacing import store
from outrider.sending.pacing.diary import Diary, reason
from outrider.sending.pacing.facts import NO_WAITS, places_of
from outrider.sending.pacing.types import Factors, PaceFacts, Place, Terms, Wait
from outrider.sending.types import Mailbox, MailboxId, OutboxItem

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Mail:
    """What planning needs to know of a mail."""

    id: UUID
    mailbox_id: MailboxId
    contact_id: ContactId


async def plan(
    tx: Tx,
    items: Sequence[OutboxItem],
    *,
    factors: Factors | None = None,
    touches: Mapping[ContactId, Wait] = NO_WAITS,
) -> list[OutboxItem]:
    """Mails with their times, in the order given; those of a mailbox without pacing leave at once.

    The mailboxes stay locked until the transaction ends, so that two batches that are planned at
    the same moment do not take the same times.
    """
    boxes = await _paced(tx, {item.mailbox_id for item in items}, factors or {})
    for id_ in sorted(boxes):
        await outbox.lock_mailbox(tx, id_)
    mails = [Mail(item.id, item.mailbox_id, item.contact_id) for item in items]
    times = await times_of(tx, boxes, mails, touches)
    return [
        item
        if (wait := times.get(item.id)) is None
        else item.model_copy(update={"not_before": wait.until, "reason": wait.reason})
        for item in items
    ]


async def times_of(
    tx: Tx,
    boxes: Mapping[MailboxId, Terms],
    mails: Sequence[Mail],
    touches: Mapping[ContactId, Wait] = NO_WAITS,
) -> dict[UUID, Wait | None]:
    """The time of each mail of these mailboxes, as a wait; None: at once. Three queries for all."""
    mine = [mail for mail in mails if mail.mailbox_id in boxes]
    if not mine:
        return {}
    diaries = await _diaries(tx, boxes)
    places = await places_of(tx, [mail.contact_id for mail in mine])
    found: dict[UUID, Wait | None] = {}
    for mail in mine:
        touch = touches.get(mail.contact_id)
        place = places.get(mail.contact_id, Place())
        terms = boxes[mail.mailbox_id]
        at = diaries[mail.mailbox_id].add(mail.id, place, touch.until if touch else None)
        facts = PaceFacts(terms, mail.id, place, touch=touch)
        wait = reason(facts, at, tx.now)
        # What finds no time is looked at again tomorrow, for caps and hours may change.
        if at is None and wait is not None:
            wait = Wait(wait.reason, tx.now + _DAY, wait.why)
        found[mail.id] = wait
    return found


async def _diaries(tx: Tx, boxes: Mapping[MailboxId, Terms]) -> dict[MailboxId, Diary]:
    # The day of every zone began less than two days ago.
    entries = await store.entries(tx, list(boxes), tx.now - 2 * _DAY)
    return {id_: Diary(terms, tx.now, entries.get(id_, ())) for id_, terms in boxes.items()}


async def _paced(tx: Tx, ids: set[MailboxId], factors: Factors) -> dict[MailboxId, Terms]:
    return terms_of([one for one in await outbox.mailboxes(tx) if one.id in ids], factors)


def terms_of(mailboxes: Sequence[Mailbox], factors: Factors) -> dict[MailboxId, Terms]:
    """The terms of those mailboxes that have a pace.

    A mailbox that may send nothing now is planned as if it were well: the last look holds its mails,
    and they keep their places.
    """
    return {
        one.id: Terms.of(one, factors.get(one.id) or Decimal(1))
        for one in mailboxes
        if one.pacing is not None
    }
