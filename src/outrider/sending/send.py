"""The executor: claims what is due, looks again at each mail, hands it over, notes the answer.

In: queued mails and a transport a mailbox. Out: a report, mail by mail.
Never: an open transaction while the wire is in use, a mail without its hand-off written down first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from outrider.campaigns.types import CampaignId
from outrider.kernel.errors import Refused, Unavailable
from outrider.kernel.switches import halted
from outrider.sending import limits, queue, store
from outrider.sending.mail import ascii_address, build
from outrider.sending.means import Means
from outrider.sending.ports import MailTransport
from outrider.sending.recheck import HandOff, hand_off
from outrider.sending.reconcile import reconcile
from outrider.sending.rules import Act, Reach, cap_reason
from outrider.sending.settle import HandedOff, settle
from outrider.sending.types import (
    Delivery,
    DeliveryResult,
    Mailbox,
    OutboxId,
    OutboxItem,
    OutboxStatus,
    Outgoing,
    SendReport,
)

Progress = Callable[[int, int | None], None]
"""Called with the mails done so far and the most that may be done."""

MOST_MAILBOXES_AT_ONCE = 8
QUEUED_AT_ONCE = 100
"""Drafts a transaction: short ones, so that a sender that is killed early has still moved on."""
_STOPPED = {OutboxStatus.CANCELLED, OutboxStatus.FAILED, OutboxStatus.UNKNOWN}


def quiet(done: int, total: int | None) -> None:
    """No progress."""


@dataclass
class _Run:
    """One call of `drain`: what is left to do, what happened, what is held."""

    means: Means
    left: int
    total: int
    progress: Progress
    done: int = 0
    queued: int = 0
    halted_by: str | None = None
    at_once: bool = False
    """Whether drafts leave before the time to take their approval back is over."""
    held: dict[CampaignId, str] = field(default_factory=dict)
    items: dict[OutboxId, OutboxItem] = field(default_factory=dict)

    def note(self, items: Iterable[OutboxItem | None]) -> None:
        for item in items:
            if item is not None:
                self.items[item.id] = item

    def tick(self) -> None:
        self.done += 1
        self.progress(self.done, self.total)

    def report(self) -> SendReport:
        items = sorted(self.items.values(), key=lambda item: item.id)
        return SendReport(
            queued=self.queued,
            sent=tuple(i for i in items if i.status is OutboxStatus.SENT),
            waiting=tuple(
                i for i in items if i.status in (OutboxStatus.QUEUED, OutboxStatus.DEFERRED)
            ),
            stopped=tuple(i for i in items if i.status in _STOPPED),
            halted_by=self.halted_by,
        )


async def drain(
    means: Means, *, limit: int = 500, progress: Progress = quiet, now: bool = False
) -> SendReport:
    """Send at most `limit` mails that are due, after settling what an earlier run left behind.

    What can still be taken back is left for later, unless `now`. Safe to run in many processes at once, and to kill at any instant.
    """
    run = _Run(means, left=limit, total=limit, progress=progress, at_once=now)
    run.note(i for i in await reconcile(means) if i.status is not OutboxStatus.QUEUED)
    boxes = await _fill(run, limit)
    if run.halted_by is not None:
        return run.report()
    gate = asyncio.Semaphore(MOST_MAILBOXES_AT_ONCE)
    tasks = [
        asyncio.create_task(_lane(run, mailbox, gate))
        for mailbox in boxes
        for _ in range(means.lanes)
    ]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return run.report()


async def _fill(run: _Run, limit: int) -> list[Mailbox]:
    """Queue what is approved, unless a switch is on; the mailboxes that have work."""
    while True:
        async with run.means.begin() as tx:
            switch = await halted(tx)
            if switch is not None:
                run.halted_by = switch.sentence()
                boxes = await store.mailboxes_with_work(tx)
                for mailbox in boxes:
                    run.note(await store.note_waiting(tx, mailbox.id, run.halted_by, limit))
                return boxes
            many = min(QUEUED_AT_ONCE, limit - run.queued)
            queued = await queue.enqueue(tx, many, now=run.at_once) if many > 0 else []
            run.queued += len(queued)
            if len(queued) < QUEUED_AT_ONCE:
                return await store.mailboxes_with_work(tx)


async def _lane(run: _Run, mailbox: Mailbox, gate: asyncio.Semaphore) -> None:
    """Send from one mailbox over one connection until nothing is due or something holds it."""
    async with gate:
        transport = run.means.transports(mailbox)
        try:
            cursor = store.Cursor(mailbox.id)
            while run.left > 0 and run.halted_by is None:
                cursor.held = list(run.held)
                items = await _claim(run, mailbox, cursor)
                if not items:
                    return
                reason = await _batch(run, transport, items)
                if reason is not None:
                    await _wait(run, mailbox, reason)
                    return
        finally:
            await transport.close()


async def _claim(run: _Run, mailbox: Mailbox, cursor: store.Cursor) -> list[OutboxItem]:
    async with run.means.begin() as tx:
        allowed = await limits.left_today(tx, mailbox)
        if allowed == 0:
            reason = cap_reason(mailbox.address, mailbox.daily_cap)
            run.note(await store.note_waiting(tx, mailbox.id, reason, max(run.left, 1)))
            return []
        many = min(run.means.batch, run.left, allowed)
        run.left -= many
        items = await store.claim(tx, cursor, run.means.hold(tx.now), many)
        run.left += many - len(items)
        return items


async def _batch(run: _Run, transport: MailTransport, items: list[OutboxItem]) -> str | None:
    """Send claimed mails one by one; the reason why the whole mailbox must wait, or None."""
    pending = list(items)
    reason: str | None = "its sender was stopped"
    try:
        while pending:
            if run.halted_by is not None:
                reason = run.halted_by
                return reason
            item = pending[0]
            stop = await _one(run, transport, item)
            pending.pop(0)
            run.tick()
            if stop is not None:
                reason = stop
                return reason
        reason = None
        return None
    finally:
        if pending:
            await _release(run, pending, reason or "its sender was stopped")


async def _one(run: _Run, transport: MailTransport, item: OutboxItem) -> str | None:
    """Send one claimed mail; the reason why no other mail of the mailbox can go now, or None."""
    if item.campaign_id in run.held:
        await _release(run, [item], run.held[item.campaign_id])
        return None
    async with run.means.begin() as tx:
        look = await hand_off(tx, run.means, item)
    if look.verdict.act is not Act.GO:
        run.note([look.item])
        return _held(run, look)
    if look.item is None:
        return None
    result, raw_sha256 = await _deliver(run.means, transport, look)
    subject = look.content.subject if look.content else None
    mail = HandedOff(look.item, run.means.owner, subject, raw_sha256)
    async with run.means.begin() as tx:
        run.note([await settle(tx, mail, result)])
    return result.answer if result.is_transport_down else None


def _held(run: _Run, look: HandOff) -> str | None:
    if look.verdict.act is not Act.HOLD:
        return None
    if look.verdict.reach is Reach.WORKSPACE:
        run.halted_by = look.verdict.reason
    if look.verdict.reach is Reach.CAMPAIGN and look.item is not None:
        run.held[look.item.campaign_id] = look.verdict.reason
        return None
    return look.verdict.reason if look.verdict.reach is not Reach.MAIL else None


async def _deliver(
    means: Means, transport: MailTransport, look: HandOff
) -> tuple[DeliveryResult, str | None]:
    """Build the bytes, keep them, hand them over. Holds no transaction."""
    assert look.item is not None
    assert look.content is not None
    try:
        data = build(look.content, look.item.message_id, look.at)
        signer = means.signers(look.mailbox)
        if signer is not None:
            data = signer.sign(data, look.at)
        outgoing = Outgoing(
            message_id=look.item.message_id,
            envelope_from=ascii_address("sender", look.mailbox.address),
            envelope_to=ascii_address("recipient", look.content.recipient.email),
            data=data,
            outbox_id=look.item.id,
        )
    except Refused as error:
        return DeliveryResult(delivery=Delivery.REFUSED, answer=error.message), None
    try:
        raw_sha256 = await means.objects.put(data)
    except Unavailable as error:
        down = DeliveryResult(
            delivery=Delivery.TRY_LATER, answer=error.message, is_transport_down=True
        )
        return down, None
    return await transport.deliver(outgoing), raw_sha256


async def _release(run: _Run, items: list[OutboxItem], reason: str) -> None:
    """Give claimed mails back; those that were handed off stay for the reconciler."""
    async with run.means.begin() as tx:
        for item in items:
            run.note(await store.release(tx, item.id, run.means.owner, reason))


async def _wait(run: _Run, mailbox: Mailbox, reason: str) -> None:
    with suppress(Unavailable):
        async with run.means.begin() as tx:
            run.note(await store.note_waiting(tx, mailbox.id, reason, max(run.left, 1)))
