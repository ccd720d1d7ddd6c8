"""Give each mail of a batch its time, beside everything that its mailbox has planned already.

In: mails that are about to be queued. Out: the same with `not_before` and the reason to wait.
Never: a write, a mail put off without a reason, a second plan for a mailbox at the same time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from outrider.campaigns import sequences
from outrider.campaigns.types import EnrollmentId
from outrider.kernel.database.tx import Tx
from outrider.prospects.touch_rules import STANDARD
from outrider.prospects.types import AccountId, ContactId
from outrider.sending import store as outbox
from outrider.sending.pacing import store, touching
from outrider.sending.pacing.diary import Diary, reason
from outrider.sending.pacing.facts import places_of
from outrider.sending.pacing.types import Factors, PaceFacts, Place, Terms, Wait
from outrider.sending.types import Mailbox, MailboxId, OutboxItem

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Mail:
    """What planning needs to know of a mail."""

    draft: UUID
    mailbox_id: MailboxId
    account_id: AccountId
    contact_id: ContactId
    earliest: datetime | None = None
    """Nothing is planned before it: an approval that can still be taken back."""
    enrollment_id: EnrollmentId | None = None
    """Whose campaign says how closely touches may follow each other; None: the standard policy."""


async def plan(
    tx: Tx, items: Sequence[OutboxItem], factors: Factors | None = None
) -> list[OutboxItem]:
    """Mails with their times, in the order given; those of a mailbox without pacing leave at once.

    The mailboxes stay locked until the transaction ends, so that two batches that are planned at
    the same moment do not take the same times.
    """
    ids = {item.mailbox_id for item in items}
    boxes = terms_of(await outbox.mailboxes(tx), factors or {})
    for id_ in sorted(ids & boxes.keys()):
        await outbox.lock_mailbox(tx, id_)
    mails = [
        Mail(
            one.draft_id,
            one.mailbox_id,
            one.account_id,
            one.contact_id,
            enrollment_id=one.enrollment_id,
        )
        for one in items
    ]
    times = await times_of(tx, boxes, mails)
    return [
        item
        if (wait := times.get(item.draft_id)) is None
        else item.model_copy(update={"not_before": wait.until, "reason": wait.reason})
        for item in items
    ]


async def times_of(
    tx: Tx,
    boxes: Mapping[MailboxId, Terms],
    mails: Sequence[Mail],
    anew: Collection[UUID] = (),
) -> dict[UUID, Wait | None]:
    """The time of each mail of these mailboxes by its draft; None: at once. Four queries for all.

    Args:
        tx: the open transaction.
        boxes: every mailbox that has a pace: what they have planned counts as touches.
        mails: those to find a time for; those of other mailboxes are left out of the answer.
        anew: drafts whose present times do not count, for they are among the mails.
    """
    mine = [mail for mail in mails if mail.mailbox_id in boxes]
    if not mine:
        return {}
    # The day of every zone began less than two days ago.
    entries = await store.entries(tx, list(boxes), tx.now - 2 * _DAY)
    if anew:
        entries = {
            id_: [one for one in several if one.has_left or one.item not in anew]
            for id_, several in entries.items()
        }
    diaries = {id_: Diary(boxes[id_], tx.now, entries.get(id_, ())) for id_ in _owners(mine)}
    places = await places_of(tx, [mail.contact_id for mail in mine])
    known = await touching.ledger(tx, [mail.account_id for mail in mine])
    enrolled = {mail.enrollment_id for mail in mine if mail.enrollment_id is not None}
    policies = await sequences.touch_policies(tx, sorted(enrolled))
    for several in entries.values():
        touching.note_planned(known, several)
    found: dict[UUID, Wait | None] = {}
    for mail in mine:
        place = places.get(mail.contact_id, Place())
        touched = known[mail.account_id]
        policy = policies.get(mail.enrollment_id, STANDARD) if mail.enrollment_id else STANDARD
        touch = touching.wait_for(touched, mail.contact_id, place, tx.now, policy)
        earliest = max(mail.earliest or tx.now, touch.until if touch else tx.now)
        at = diaries[mail.mailbox_id].add(mail.draft, place, earliest)
        facts = PaceFacts(boxes[mail.mailbox_id], mail.draft, place, touch=touch)
        wait = reason(facts, at, tx.now)
        # What finds no time is looked at again tomorrow, for caps and hours may change.
        if at is None and wait is not None:
            wait = Wait(wait.reason, tx.now + _DAY, wait.why)
        touched.append(touching.planned(mail.account_id, mail.contact_id, at or tx.now))
        found[mail.draft] = wait
    return found


def _owners(mails: Sequence[Mail]) -> list[MailboxId]:
    return list(dict.fromkeys(mail.mailbox_id for mail in mails))


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
