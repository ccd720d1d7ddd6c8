"""After a crash: what was at the wire is looked up, and never blindly sent again.

In: mails in `sending` whose owner died or whose lease ended. Out: queued, settled, or `unknown`.
Never: a resend of a mail of which nobody can say whether it left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, OutriderError
from outrider.kernel.telemetry import get_logger
from outrider.sending import find, journal, mailboxes, settle, store, store_flight
from outrider.sending.journal import Told, attempt
from outrider.sending.means import Means
from outrider.sending.owners import is_gone
from outrider.sending.ports import MailTransport
from outrider.sending.settle import HandedOff
from outrider.sending.types import (
    DeliveryResult,
    Interrupted,
    MailboxId,
    OutboxId,
    OutboxItem,
    OutboxStatus,
)

_log = get_logger("sending")

BATCH = 500
_SENDING = (OutboxStatus.SENDING,)


async def reconcile(means: Means) -> list[OutboxItem]:
    """Settle every interrupted mail; returns those whose fate changed.

    A mail that was claimed but never handed off goes back to the queue. So does one whose sender's
    journal says that it never touched the wire; one that was answered is settled by that answer.
    What was at the wire is looked up at its transport: there, it is sent; not there, it is queued
    again. Where nobody can know, it goes again only to a transport that gives a repeat out once (an
    idempotency key, while it lives); else it is `unknown`, with a sentence for the person who decides.
    """
    changed: list[OutboxItem] = []
    while True:
        async with means.begin() as tx:
            gone = [owner for owner in await store_flight.owners(tx) if is_gone(owner)]
            lost = await store_flight.in_flight(tx, BATCH, gone)
            told = _told(means, lost)
            untouched = [one for one in lost if _is_untouched(one, told)]
            moved = await _back_untouched(tx, untouched)
            moved += await _answered(tx, lost, told)
        settled = {item.id for item in moved}
        rest = [one for one in lost if one.item.id not in settled]
        moved += await _look_up_all(means, [one for one in rest if one.handed_off_at is not None])
        changed += moved
        if len(lost) < BATCH or not moved:
            await _forget(means)
            _tell(changed)
            return changed


def _tell(changed: Sequence[OutboxItem]) -> None:
    if changed:
        _log.warning(
            "mails_taken_over",
            count=len(changed),
            unknown=sum(item.status is OutboxStatus.UNKNOWN for item in changed),
            reason="their sender ended, or stood still past its lease",
        )


def _told(means: Means, lost: Sequence[Interrupted]) -> dict[str, Told]:
    """What the journals of their senders say; who left none is not among them."""
    if means.journal is None:
        return {}
    owners = {one.owner for one in lost if one.handed_off_at is not None}
    journals = {owner: journal.read(means.journal, owner) for owner in owners if is_gone(owner)}
    return {owner: told for owner, told in journals.items() if told is not None}


def _is_untouched(one: Interrupted, told: Mapping[str, Told]) -> bool:
    if one.handed_off_at is None:
        return True
    known = told.get(one.owner)
    return known is not None and not known.touched(attempt(one.item))


async def _back_untouched(tx: Tx, lost: Sequence[Interrupted]) -> list[OutboxItem]:
    """Queue again what surely never left; it costs the mail no attempt."""
    for owner in {one.owner for one in lost}:
        ids = [one.item.id for one in lost if one.owner == owner]
        await store_flight.step_back(tx, ids, owner)
    return await _put_back(tx, lost, "interrupted before it touched the wire")


async def _answered(
    tx: Tx, lost: Sequence[Interrupted], told: Mapping[str, Told]
) -> list[OutboxItem]:
    """Settle what was answered although its sender could not save it any more."""
    by_owner: defaultdict[str, list[tuple[HandedOff, DeliveryResult]]] = defaultdict(list)
    for one in lost:
        known = told.get(one.owner)
        result = known.answered.get(attempt(one.item)) if known else None
        if result is not None and one.handed_off_at is not None:
            by_owner[one.owner].append((HandedOff(one.item, one.owner), result))
    return [item for several in by_owner.values() for item in await settle.settle_all(tx, several)]


async def _forget(means: Means) -> None:
    """Take away the journals of the dead who hold nothing any more.

    Whoever still holds mails may be just what another reconciler is looking at.
    """
    if means.journal is None:
        return
    gone = [owner for owner in journal.owners(means.journal) if is_gone(owner)]
    if gone:
        async with means.begin() as tx:
            holders = set(await store_flight.owners(tx))
        for owner in set(gone) - holders:
            journal.discard(means.journal, owner)


async def _look_up_all(means: Means, lost: Sequence[Interrupted]) -> list[OutboxItem]:
    at_wire: defaultdict[MailboxId, list[Interrupted]] = defaultdict(list)
    for one in lost:
        at_wire[one.item.mailbox_id].append(one)
    changed: list[OutboxItem] = []
    for mailbox_id, several in at_wire.items():
        changed += await _look_up(means, mailbox_id, several)
    return changed


async def decide(tx: Tx, outbox_id: OutboxId, *, arrived: bool | None) -> OutboxItem:
    """A person's word on a mail that is `unknown`.

    Args:
        tx: the open transaction, whose actor is that person.
        outbox_id: the mail.
        arrived: True, it was sent; False, it surely was not and goes again after the usual
            checks; None, nobody can know: it counts as failed, and nothing is sent for this step.

    Raises:
        NotFound: there is no such mail.
        Conflict: it is not unknown any more; the sentence says what it is.
    """
    item = await find.by_id(tx, outbox_id)
    answer = {True: "arrived", False: "did not arrive", None: "cannot be known"}[arrived]
    done: OutboxItem | None = None
    if item.status is OutboxStatus.UNKNOWN:
        if arrived:
            word = f"{tx.actor} says that it arrived"
            done = await settle.sent(tx, HandedOff(item, owner=None), word)
        else:
            after = OutboxStatus.FAILED if arrived is None else OutboxStatus.QUEUED
            moved = await store.move(
                tx,
                [item.id],
                ((OutboxStatus.UNKNOWN,), after),
                reason=f"{tx.actor} says that it {answer}",
                handed_off_at=None,
                not_before=tx.now,
            )
            done = moved[0] if moved else None
    if done is None:
        now = await find.by_id(tx, outbox_id)
        raise Conflict(f"The mail {outbox_id} is {now.status}, so there is nothing to decide.")
    await record(tx, "sending.decide", f"outbox:{item.id}", {"word": answer})
    return done


async def _look_up(
    means: Means, mailbox_id: MailboxId, lost: Sequence[Interrupted]
) -> list[OutboxItem]:
    async with means.begin() as tx:
        mailbox = await mailboxes.by_id(tx, mailbox_id)
    try:
        transport = means.transports(mailbox)
    except OutriderError:
        # Its setting is broken now; it is told when the mailbox sends, and looked at again later.
        return []
    try:
        there = await _found(transport, [one.item.message_id for one in lost])
    finally:
        await transport.close()
    changed: list[OutboxItem] = []
    for one in lost:
        async with means.begin() as tx:
            is_there = there.get(one.item.message_id)
            if is_there:
                answer = "found at its destination after an interruption"
                done = await settle.sent(tx, HandedOff(one.item, one.owner), answer)
                changed += [done] if done else []
            elif is_there is None and not _may_repeat(transport, one, tx.now):
                changed += await _give_up(tx, one)
            else:
                why = "interrupted; its destination does not have it, so it goes again"
                same = "interrupted; it goes again under the same key, so it arrives once"
                changed += await _put_back(tx, [one], same if is_there is None else why)
    return changed


async def _found(transport: MailTransport, message_ids: Sequence[str]) -> dict[str, bool | None]:
    """Which are at their destination; None where that cannot be known.

    What cannot be told of all at once may be told of some.
    """
    told = await transport.find(message_ids)
    if told is not None:
        return dict(told)
    if len(message_ids) == 1:
        return dict.fromkeys(message_ids)
    each: dict[str, bool | None] = {}
    for message_id in message_ids:
        each |= await _found(transport, [message_id])
    return each


@runtime_checkable
class Repeats(Protocol):
    """A transport at which handing over the same mail again is the same as once, for a while."""

    repeats_within: timedelta


def _may_repeat(transport: MailTransport, one: Interrupted, now: datetime) -> bool:
    if not isinstance(transport, Repeats) or one.handed_off_at is None:
        return False
    return now - one.handed_off_at < transport.repeats_within


async def _give_up(tx: Tx, one: Interrupted) -> list[OutboxItem]:
    assert one.handed_off_at is not None
    moved = await store.move(
        tx,
        [one.item.id],
        (_SENDING, OutboxStatus.UNKNOWN),
        owner=one.owner,
        reason=_explain(one.handed_off_at, one.item.message_id),
    )
    for item in moved:
        await record(tx, "sending.unknown", f"outbox:{item.id}", {"by": "reconcile"})
    return moved


async def _put_back(tx: Tx, lost: Sequence[Interrupted], reason: str) -> list[OutboxItem]:
    changed: list[OutboxItem] = []
    by_owner: defaultdict[str, list[OutboxId]] = defaultdict(list)
    for one in lost:
        by_owner[one.owner].append(one.item.id)
    for owner, ids in by_owner.items():
        changed += await store.move(
            tx,
            ids,
            (_SENDING, OutboxStatus.QUEUED),
            owner=owner,
            reason=reason,
            handed_off_at=None,
        )
    return changed


def _explain(at: datetime, message_id: str) -> str:
    return (
        f"interrupted while it was handed to the mail server at {at:%Y-%m-%d %H:%M} UTC; look for "
        f"{message_id} in the server's log or the Sent folder, then say whether it arrived"
    )
