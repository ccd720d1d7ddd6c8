"""The whole schedule before it happens: what is queued, approved, or would be if it were approved.

In: the open transaction. Out: a time and a reason for each mail. Never: a write, a lock.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from outrider.campaigns import sequences
from outrider.campaigns.types import EnrollmentId
from outrider.drafts import read as drafts
from outrider.drafts.types import Draft, DraftStatus
from outrider.kernel.database.tx import Tx
from outrider.prospects.touch_rules import STANDARD
from outrider.prospects.types import AccountId, ContactId
from outrider.sending import store as outbox
from outrider.sending.pacing import anew, rules, store, touching
from outrider.sending.pacing.facts import places_of
from outrider.sending.pacing.plan import Mail, terms_of, times_of
from outrider.sending.pacing.types import Factors, Place, Terms, Wait
from outrider.sending.types import MailboxId

MOST = 10_000
"""Mails that are shown of each kind."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One mail that has not left: when it will, and why not sooner."""

    id: UUID
    draft_id: UUID
    mailbox_id: MailboxId
    account_id: AccountId
    contact_id: ContactId
    step: int
    status: str
    """queued, deferred, approved, or pending: nobody approved it yet."""
    at: datetime
    zone: str
    """The recipient's, as far as it is known; else the mailbox's."""
    told_by: str
    """What told where the recipient is."""
    reason: str | None


async def preview(  # noqa: PLR0913 - one schedule, seen from several screens
    tx: Tx,
    *,
    pending: bool = False,
    factors: Factors | None = None,
    to_plan_anew: Collection[MailboxId] = (),
    most: int = MOST,
    touches: bool = True,
) -> list[Planned]:
    """Every mail that has not left, the next one first.

    Args:
        tx: the open transaction; nothing is written.
        pending: plan drafts that wait for a decision too, as if they were approved now.
        factors: what health leaves of each mailbox's cap.
        to_plan_anew: mailboxes whose health has changed: what waits is shown as it will be moved.
        most: mails of each kind: the next ones of the outbox, the first to be queued of the approved.
        touches: judge the touches of mailboxes without a pace as well, one mail after the
            other; the plan of a paced mailbox has them in it.
    """
    boxes = terms_of(await outbox.mailboxes(tx), factors or {})
    waiting = await store.waiting(tx, most)
    moving = await anew.moving(tx, boxes, to_plan_anew)
    # In the order in which they will be queued.
    approved = await drafts.listing(tx, DraftStatus.APPROVED, limit=most)
    found = sorted(approved, key=lambda draft: draft.id)
    if pending:
        found += await drafts.listing(tx, DraftStatus.PENDING, limit=most)
    mails = [_mail(draft) for draft in found]
    both = [anew.as_mail(one) for one in moving] + mails
    times = await times_of(tx, boxes, both, {one.draft_id for one in moving})
    moved = {one.id: times[one.draft_id] for one in moving}
    waiting = [_moved(one, moved[one.id], tx.now) if one.id in moved else one for one in waiting]
    people = [one.contact_id for one in waiting] + [one.contact_id for one in mails]
    places = await places_of(tx, people)
    schedule = [_queued(one, tx.now) for one in waiting]
    schedule += [
        _to_come(draft, mail, times.get(mail.draft), tx.now)
        for draft, mail in zip(found, mails, strict=True)
    ]
    zones = {id_: rules.zone_of(terms) for id_, terms in boxes.items()}
    placed = [_placed(one, places.get(one.contact_id, Place()), zones) for one in schedule]
    enrolled = {one.draft_id: one.enrollment_id for one in waiting}
    enrolled |= {one.draft: one.enrollment_id for one in mails if one.enrollment_id is not None}
    if not touches:
        return sorted(placed, key=_next_first)
    left_alone = await _left_alone(tx, sorted(placed, key=_next_first), boxes, places, enrolled)
    return sorted(left_alone, key=_next_first)


def _next_first(one: Planned) -> tuple[datetime, UUID]:
    return one.at, one.id


async def _left_alone(
    tx: Tx,
    schedule: Sequence[Planned],
    boxes: Mapping[MailboxId, Terms],
    places: Mapping[ContactId, Place],
    enrolled: Mapping[UUID, EnrollmentId],
) -> list[Planned]:
    """With the waits that touches will ask of mailboxes without a pace, whose mails have no plan."""
    unplanned = {one.id for one in schedule if one.mailbox_id not in boxes}
    if not unplanned:
        return list(schedule)
    mine = [one for one in schedule if one.id in unplanned]
    known = await touching.ledger(tx, [one.account_id for one in mine])
    await touching.at_the_wire(tx, known)
    policies = await sequences.touch_policies(
        tx, sorted({enrolled[one.draft_id] for one in mine if one.draft_id in enrolled})
    )
    found: list[Planned] = []
    for one in schedule:
        touches = known.get(one.account_id)
        if touches is not None and one.id in unplanned:
            policy = STANDARD
            if one.draft_id in enrolled:
                policy = policies.get(enrolled[one.draft_id], STANDARD)
            place = places.get(one.contact_id, Place())
            wait = touching.wait_for(touches, one.contact_id, place, one.at, policy)
            one = replace(one, at=wait.until, reason=wait.reason) if wait else one
        if touches is not None:
            touches.append(touching.planned(one.account_id, one.contact_id, one.at))
        found.append(one)
    return found


def _mail(draft: Draft) -> Mail:
    mailbox = MailboxId(draft.content.sender.mailbox_id)
    return Mail(
        draft.id,
        mailbox,
        draft.account_id,
        draft.contact_id,
        draft.released_at,
        draft.enrollment_id,
    )


def _moved(one: store.Waiting, wait: Wait | None, now: datetime) -> store.Waiting:
    at, reason = (wait.until, wait.reason) if wait else (now, None)
    return replace(one, not_before=at, reason=reason)


def _queued(one: store.Waiting, now: datetime) -> Planned:
    return Planned(
        one.id, one.draft_id, one.mailbox_id, one.account_id, one.contact_id, one.step,
        one.status, max(one.not_before, now), "", "", one.reason,
    )  # fmt: skip


def _to_come(draft: Draft, mail: Mail, wait: Wait | None, now: datetime) -> Planned:
    at, reason = (wait.until, wait.reason) if wait else (now, None)
    if mail.earliest is not None and mail.earliest >= at:
        at, reason = mail.earliest, "its approval can still be taken back"
    return Planned(
        draft.id, draft.id, mail.mailbox_id, draft.account_id, draft.contact_id, draft.step,
        str(draft.status), at, "", "", reason,
    )  # fmt: skip


def _placed(one: Planned, place: Place, zones: dict[MailboxId, str]) -> Planned:
    zone = place.zones[0] if place.zones else zones.get(one.mailbox_id, "UTC")
    return Planned(
        one.id, one.draft_id, one.mailbox_id, one.account_id, one.contact_id, one.step,
        one.status, one.at, zone, str(place.source), one.reason,
    )  # fmt: skip


def by_mailbox(schedule: Sequence[Planned]) -> dict[MailboxId, list[Planned]]:
    """The schedule of each mailbox."""
    found: dict[MailboxId, list[Planned]] = {}
    for one in schedule:
        found.setdefault(one.mailbox_id, []).append(one)
    return found
