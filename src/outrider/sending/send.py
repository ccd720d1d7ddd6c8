"""The executor: queues what is approved, claims what is due, and gives it to the lanes.

In: approved drafts and a transport a mailbox. Out: a report, mail by mail.
Never: a mail without its hand-off written down first, a mailbox that others must wait for.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from outrider.campaigns.types import CampaignId
from outrider.drafts import sendable
from outrider.kernel.errors import OutriderError, Unavailable
from outrider.kernel.switches import halted
from outrider.kernel.telemetry import get_logger
from outrider.sending import journal, limits, mailboxes, queue, silence, store, store_flight
from outrider.sending.flight_types import Claimed
from outrider.sending.lane import Lane
from outrider.sending.means import Means
from outrider.sending.reconcile import reconcile
from outrider.sending.rules import cap_reason
from outrider.sending.running import Progress, Run, quiet
from outrider.sending.types import Mailbox, MailboxId, OutboxItem, OutboxStatus, SendReport

_log = get_logger("sending")

MOST_LANES = 16
LEAST_CLAIM = 10
"""Mails that are claimed together however few are handed over at a time."""
QUEUED_AT_ONCE = 100
"""Drafts a transaction: short ones, so that a sender that is killed early has still moved on."""


async def drain(
    means: Means,
    *,
    limit: int = 500,
    progress: Progress = quiet,
    now: bool = False,
    only: Collection[MailboxId] | None = None,
) -> SendReport:
    """Send at most `limit` mails that are due, after settling what an earlier run left behind.

    Safe to run in many processes at once, and to kill at any instant.

    Args:
        means: ports, bound.
        limit: the most mails that are claimed.
        progress: called after each mail.
        now: send also what can still be taken back.
        only: mailboxes to send from; None: all. Approved drafts of any mailbox are queued.
    """
    run = Run(means, left=limit, total=limit, progress=progress, at_once=now)
    boxes = await _ready(run, limit)
    if run.halted_by is None:
        await _sent(run, [box for box in boxes if only is None or box.id in only])
    return run.report()


async def drain_ready(
    means: Means,
    only: Collection[MailboxId],
    *,
    limit: int = 500,
    progress: Progress = quiet,
) -> SendReport:
    """Send at most `limit` mails of these mailboxes that are due, after `make_ready`."""
    run = Run(means, left=limit, total=limit, progress=progress)
    async with means.begin() as tx:
        boxes = await store.mailboxes_with_work(tx)
    await _sent(run, [box for box in boxes if box.id in only])
    return run.report()


async def make_ready(
    means: Means, *, limit: int = 500, now: bool = False
) -> tuple[SendReport, dict[MailboxId, int]]:
    """What a drain does first: settle what was left behind, queue what is approved.

    Returns:
        What came of it, and the mails that are due, by mailbox; none while a switch is on.
    """
    run = Run(means, left=limit, total=limit, progress=quiet, at_once=now)
    boxes = await _ready(run, limit)
    if run.halted_by is not None:
        return run.report(), {}
    async with means.begin() as tx:
        due = await store_flight.due(tx, [box.id for box in boxes])
    return run.report(), due


async def leave_alone(means: Means, ids: Collection[MailboxId], limit: int = 500) -> SendReport:
    """Say of the mails of these mailboxes that another sender has them; nothing is written."""
    waiting: list[OutboxItem] = []
    async with means.begin() as tx:
        for id_ in ids:
            reason = f"another sender is at work for {(await mailboxes.by_id(tx, id_)).address}"
            found = await store_flight.waiting(tx, id_, limit)
            waiting += [item.model_copy(update={"reason": reason}) for item in found]
    return SendReport(waiting=tuple(waiting))


async def _ready(run: Run, limit: int) -> list[Mailbox]:
    """Settle and queue; the mailboxes that have work."""
    run.note(i for i in await reconcile(run.means) if i.status is not OutboxStatus.QUEUED)
    return await _fill(run, limit)


async def _sent(run: Run, boxes: list[Mailbox]) -> None:
    if run.means.journal is not None:
        run.journal = journal.opened(run.means.journal, run.means.owner)
    try:
        await _drive(run, boxes)
    finally:
        if run.journal is not None:
            run.journal.release()
        _tell(run)


def _tell(run: Run) -> None:
    """A line for what went wrong in a drain, however many mails it met."""
    if run.lost:
        why = "this sender stood still past its lease, and another took them over"
        _log.warning("mails_lost_to_another", count=len(run.lost), reason=why)
    silence.tell(run)


async def _fill(run: Run, limit: int) -> list[Mailbox]:
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


@dataclass(frozen=True)
class _Turns:
    """Who may be at work: so many lanes in all, so many at one mail server."""

    all: asyncio.Semaphore
    hosts: dict[str | None, asyncio.Semaphore]


async def _drive(run: Run, boxes: list[Mailbox]) -> None:
    most = run.means.lanes_a_host
    turns = _Turns(asyncio.Semaphore(MOST_LANES), defaultdict(lambda: asyncio.Semaphore(most)))
    # Every mailbox gets its first lane before one gets its second.
    tasks = [
        asyncio.create_task(_lane(run, mailbox, turns))
        for _ in range(run.means.lanes)
        for mailbox in boxes
    ]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _lane(run: Run, mailbox: Mailbox, turns: _Turns) -> None:
    """Send from one mailbox over one connection until nothing is due or something holds it."""
    async with turns.hosts[mailbox.smtp_host], turns.all:
        try:
            transport, signer = run.means.transports(mailbox), run.means.signers(mailbox)
        except OutriderError as error:
            await _wait(run, mailbox, error.message)
            return
        lane = Lane(run, mailbox, transport, signer)
        cursor = store.Cursor(mailbox.id)
        try:
            while run.left > 0 and run.is_open():
                cursor.held = list(run.held)
                claimed, at = await _claim(run, lane, cursor)
                if not claimed:
                    return
                before = set(run.held)
                reason = await lane.send(claimed, at)
                for campaign in set(run.held) - before:
                    await _wait(run, mailbox, run.held[campaign], campaign)
                if reason is not None:
                    await _wait(run, mailbox, reason)
                    return
        finally:
            await transport.close()


async def _claim(run: Run, lane: Lane, cursor: store.Cursor) -> tuple[list[Claimed], datetime]:
    """Mails with their words, or none when nothing is due or the cap is reached."""
    mailbox = lane.mailbox
    # One at a time: what one asks for and does not get must not look to the others as if it were gone.
    async with run.turns.taken(run.means.fresh), run.claiming, run.means.begin() as tx:
        allowed = await limits.left_today(tx, mailbox)
        if allowed == 0:
            reason = cap_reason(mailbox.address, mailbox.daily_cap)
            run.note(await store.note_waiting(tx, mailbox.id, reason, max(run.left, 1)))
            return [], tx.now
        fits = min(max(lane.size, LEAST_CLAIM), run.means.batch)
        many = min(fits, run.left, fits if allowed is None else allowed)
        items = await store.claim(tx, cursor, run.means.hold(tx.now), many) if many > 0 else []
        run.left -= len(items)
        found = await sendable.contents(tx, [item.draft_id for item in items]) if items else {}
        return [Claimed(item, found.get(item.draft_id)) for item in items], tx.now


async def _wait(
    run: Run, mailbox: Mailbox, reason: str, campaign: CampaignId | None = None
) -> None:
    with suppress(Unavailable):
        async with run.means.begin() as tx:
            many = max(run.left, 1)
            run.note(await store.note_waiting(tx, mailbox.id, reason, many, campaign))
