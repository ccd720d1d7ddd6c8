"""Mails that were handed off go out over one connection, each only while its last look is fresh.

In: mails in order, a transport, how old the look is. Out: what became of each; those that never
touched the wire are told apart. Never: a mail whose beginning was not noted first, a byte of one
after the way is closed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol, runtime_checkable

from outrider.kernel.errors import Unavailable
from outrider.sending.flight_types import Carried, Prepared
from outrider.sending.journal import Journal, attempt
from outrider.sending.ports import MailTransport
from outrider.sending.types import Delivery, DeliveryResult, OutboxId, Outgoing

# A clock that goes on while the machine sleeps: a look before a night's sleep is not fresh.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def elapsed() -> float:
    """Seconds since some moment in the past, sleep of the machine included."""
    return time.clock_gettime(_CLOCK)


@runtime_checkable
class Opens(Protocol):
    """A transport that can open its connection before a mail is handed off."""

    async def ready(self) -> DeliveryResult | None:
        """None when the next mail can go at once; else why no mail can leave this way now."""
        ...


@runtime_checkable
class Streams(Protocol):
    """A transport that asks the way for the next mail while it waits for the answer to one."""

    def deliver_each(
        self, mails: Sequence[Outgoing], go: Callable[[Outgoing], bool]
    ) -> AsyncGenerator[tuple[Outgoing, DeliveryResult], None]:
        """Hand mails over in order; ends early when `go` says no, or when no mail can leave now.

        `go` is asked just before the first byte of a mail; what it said no to was not sent at all.
        """
        ...


@dataclass
class Gate:
    """Lets mails onto the wire while their look is fresh, and notes that they went."""

    looked_at: float
    """When the look began; `elapsed`."""
    saved_at: float
    """When what it found was saved. A look that took long lets one mail go, right after it."""
    fresh: timedelta
    is_open: Callable[[], bool]
    journal: Journal | None = None
    ours_for: timedelta = timedelta.max
    """How long after the look its hand-off is surely still ours. Whoever stood still longer, be it
    while the hand-off was written down, may have been taken for gone, and others send."""
    mails: dict[OutboxId, Prepared] = field(default_factory=dict)
    waiting: list[Outgoing] = field(default_factory=list)
    """What is at the wire and was not answered."""
    many: int = 0
    """Mails that went."""
    fault: DeliveryResult | None = None
    """Why nothing more may go although nobody closed the way."""

    def go(self, mail: Outgoing) -> bool:
        """Whether this mail may touch the wire now; if so, its beginning is noted.

        Asked again for the same mail, its first way broke before the mail was whole, so that a no
        means that it never left.
        """
        if mail in self.waiting:
            self.waiting.remove(mail)
        if not self.is_open() or not self._is_fresh() or not self._is_noted(mail):
            return False
        self.waiting.append(mail)
        self.many += 1
        return True

    def _is_noted(self, mail: Outgoing) -> bool:
        if self.journal is not None:
            try:
                self.journal.begin(attempt(self.mails[OutboxId(mail.outbox_id)].item))
            except Unavailable as error:
                self.fault = _down(error.message)
                return False
        return True

    def _is_fresh(self) -> bool:
        now = elapsed()
        if now - self.looked_at > self.ours_for.total_seconds():
            return False
        since = self.looked_at if self.many else self.saved_at
        return now - since <= self.fresh.total_seconds()

    def done(self, mail: Outgoing, result: DeliveryResult) -> Carried:
        """Note what was answered, be it to the envelope alone."""
        prepared = self.mails[OutboxId(mail.outbox_id)]
        if mail in self.waiting:
            self.waiting.remove(mail)
        if self.journal is not None:
            self.journal.end(attempt(prepared.item), result)
        return Carried(prepared, result)


async def carry(
    transport: MailTransport, mails: Sequence[Prepared], gate: Gate, patience: timedelta
) -> AsyncIterator[Carried]:
    """Hand mails over, one after another; those that are not among the answers never left.

    Ends early when the gate closes, or when the transport can take no mail now.

    Args:
        transport: one connection.
        mails: handed off, in order.
        gate: whether each may still go.
        patience: how long one mail may be at the wire; then nobody knows what became of it.
    """
    gate.mails = {mail.item.id: mail for mail in mails}
    outgoing = [mail.outgoing for mail in mails if mail.outgoing is not None]
    answers = (
        transport.deliver_each(outgoing, gate.go)
        if isinstance(transport, Streams)
        else _one_by_one(transport, outgoing, gate)
    )
    try:
        while True:
            try:
                async with asyncio.timeout(patience.total_seconds()):
                    mail, result = await anext(answers)
            except StopAsyncIteration:
                return
            except TimeoutError:
                for silent in list(gate.waiting):
                    yield gate.done(silent, _silent(patience))
                return
            yield gate.done(mail, result)
            if result.is_transport_down:
                return
    finally:
        await answers.aclose()


async def _one_by_one(
    transport: MailTransport, mails: Sequence[Outgoing], gate: Gate
) -> AsyncGenerator[tuple[Outgoing, DeliveryResult], None]:
    for mail in mails:
        if not gate.go(mail):
            return
        yield mail, await transport.deliver(mail)


def _silent(patience: timedelta) -> DeliveryResult:
    words = f"It was handed over, and no answer came within {patience.total_seconds():.0f} seconds."
    return DeliveryResult(delivery=Delivery.UNKNOWN, answer=words)


def _down(answer: str) -> DeliveryResult:
    return DeliveryResult(delivery=Delivery.TRY_LATER, answer=answer, is_transport_down=True)
