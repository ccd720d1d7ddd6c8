"""One connection of one mailbox: a handful of claimed mails at a time, from their words to their end.

In: claimed mails. Out: every one of them settled or given back. Never: a transaction that is open
while the wire is in use, a mail on the wire whose last look has grown old.

The first handful is one mail; while the wire keeps up, each is twice the one before, and a slow wire
makes them small again. So a slow server's mails are looked at one by one, and a fast one's share
their statements.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from outrider.kernel.database.again import again
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Unavailable
from outrider.sending import store_flight
from outrider.sending.dkim import Signer
from outrider.sending.flight_types import Carried, Claimed, Prepared
from outrider.sending.journal import attempt
from outrider.sending.ports import MailTransport
from outrider.sending.prepare import build_all, prepare
from outrider.sending.recheck import HandOff, look
from outrider.sending.rules import Act, Reach
from outrider.sending.running import Run
from outrider.sending.settle import HandedOff, settle_all
from outrider.sending.turns import Pace
from outrider.sending.types import Delivery, Mailbox, OutboxId, OutboxItem
from outrider.sending.wire import Gate, Opens, carry, elapsed

STOPPED = "its sender was stopped"
_TRIES = 4

T = TypeVar("T")


@dataclass
class _Flight:
    """A handful that was looked at: who goes, what came of it, why nobody else may."""

    gate: Gate
    going: list[Prepared] = field(default_factory=list)
    answered: list[Carried] = field(default_factory=list)
    stop: str | None = None
    """Why no other mail of this mailbox can go now."""

    def never_left(self) -> list[Prepared]:
        """Those that surely did not touch the wire."""
        touched = {one.mail.item.id for one in self.answered}
        touched |= {OutboxId(mail.outbox_id) for mail in self.gate.waiting}
        return [mail for mail in self.going if mail.item.id not in touched]


@dataclass
class Lane:
    """What sends one handful after another."""

    run: Run
    mailbox: Mailbox
    transport: MailTransport
    signer: Signer | None
    _now: datetime = field(init=False)

    @property
    def size(self) -> int:
        """Mails of the next handful."""
        return self._pace.size

    @property
    def _pace(self) -> Pace:
        return self.run.paces[
            self.mailbox.transport, self.mailbox.smtp_host, self.mailbox.smtp_port
        ]

    async def send(self, claimed: Sequence[Claimed], at: datetime) -> str | None:
        """Send claimed mails, a handful at a time; the reason why the whole mailbox must wait, or None.

        Args:
            claimed: in the order in which they shall leave.
            at: the instant of their claim; it becomes the Date of the first ones.
        """
        self._now = at
        rest = list(claimed)
        reason: str | None = STOPPED
        try:
            while rest:
                if not self.run.is_open():
                    reason = self.run.halted_by
                    break
                several, rest = rest[: self.size], rest[self.size :]
                reason = await self._handled(several)
                if reason is not None:
                    break
            return reason
        finally:
            if rest:
                await self._release([one.item for one in rest], reason or STOPPED)

    async def _handled(self, claimed: Sequence[Claimed]) -> str | None:
        """One handful, from its words to its end."""
        rest = [one.item for one in claimed]
        reason: str | None = STOPPED
        try:
            mails, reason = await self._built(claimed)
            while mails and reason is None:
                # What did not go in time may be more than fits now.
                now, later = mails[: self.size], mails[self.size :]
                rest = [mail.item for mail in later]
                back, reason = await self._flown(now)
                mails = [*back, *later]
                rest = [mail.item for mail in mails]
                reason = reason or self.run.halted_by
            return reason
        finally:
            if rest:
                await self._release(rest, reason or STOPPED)

    async def _built(self, claimed: Sequence[Claimed]) -> tuple[list[Prepared], str | None]:
        if isinstance(self.transport, Opens):
            down = await self.transport.ready()
            if down is not None:
                self.run.unanswered |= {one.item.id: down.answer for one in claimed}
                return [], down.answer
        means = self.run.means
        async with self.run.turns.taken(means.fresh):
            built = build_all(claimed, (self.mailbox, self.signer), self._now)
        try:
            return await prepare(built, means.objects), None
        except Unavailable as error:
            return [], error.message

    async def _flown(self, mails: Sequence[Prepared]) -> tuple[list[Prepared], str | None]:
        """Look at mails and let those go that may; who must be looked at again, and why others wait."""
        means = self.run.means
        async with self.run.turns.taken(means.fresh) as pass_on:
            looked_at = elapsed()
            async with means.begin() as tx:
                looks = await look(tx, means, self.mailbox.id, mails)
                self._now = tx.now
            begun = elapsed()
            gate = Gate(
                looked_at, begun, means.fresh, self.run.is_open, self.run.journal, means.sure
            )
            flight = _Flight(gate)
            closing: str | None = STOPPED
            if not self._pace.is_quick:
                pass_on()
            try:
                self._take_off(flight, looks)
                async for one in carry(self.transport, flight.going, flight.gate, means.patience):
                    flight.answered.append(one)
                    self.run.tick()
                closing = flight.stop = flight.stop or _why_no_more(flight) or self.run.halted_by
                self._learn(gate, len(flight.going))
            finally:
                again = await self._land(flight, closing)
        return again, flight.stop

    def _take_off(self, flight: _Flight, looks: Sequence[HandOff]) -> None:
        for one in looks:
            if one.verdict.act is Act.GO and one.item is not None and one.mail.fault is None:
                flight.going.append(one.mail.now(one.item))
                continue
            self.run.note([one.item])
            if one.item is None:
                self.run.lost.add(one.mail.item.id)
            self.run.tick()
            flight.stop = self._held(one) or flight.stop

    def _held(self, one: HandOff) -> str | None:
        """Remember what else a hold stops; the reason when it is the whole mailbox."""
        reach, reason = one.verdict.reach, one.verdict.reason
        if one.verdict.act is not Act.HOLD or reach is Reach.MAIL:
            return None
        if reach is Reach.WORKSPACE:
            self.run.halted_by = reason
        if reach is Reach.CAMPAIGN:
            self.run.held[one.mail.item.campaign_id] = reason
            return None
        return reason

    async def _land(self, flight: _Flight, closing: str | None) -> list[Prepared]:
        """Save what was answered, and undo the hand-off of what never left.

        Returns:
            Mails that are still claimed and must be looked at again; none when `closing` says why
            nobody else may go.
        """
        never, owner = flight.never_left(), self.run.means.owner

        async def save(tx: Tx) -> tuple[list[OutboxItem], set[OutboxId]]:
            moved = await settle_all(tx, [(self._handed_off(one.mail), one.result) for one in
                                          flight.answered])  # fmt: skip
            ids = [mail.item.id for mail in never]
            back = await store_flight.step_back(tx, ids, owner) if ids else set()
            if closing is not None and back:
                moved += await store_flight.release(tx, sorted(back), owner, closing)
                back = set()
            return moved, back

        if not flight.going:
            return []
        moved, back = await self._saved(save)
        self.run.note(moved)
        held = {one.mail.item.id for one in flight.answered} | {mail.item.id for mail in never}
        self.run.lost |= held - {item.id for item in moved} - back
        for one in flight.answered:
            if one.result.delivery is Delivery.UNKNOWN or one.result.is_transport_down:
                self.run.unanswered[one.mail.item.id] = one.result.answer
        if self.run.journal is not None:
            self.run.journal.settled(attempt(one.mail.item) for one in flight.answered)
        return [
            mail.now(mail.item.model_copy(update={"attempts": mail.item.attempts - 1}))
            for mail in never
            if mail.item.id in back
        ]

    def _handed_off(self, mail: Prepared) -> HandedOff:
        words = mail.claimed.sendable
        if words is None:
            return HandedOff(mail.item, self.run.means.owner)
        content = words.content
        return HandedOff(mail.item, self.run.means.owner, content.subject, content.recipient.email)

    async def _release(self, items: Sequence[OutboxItem], reason: str) -> None:
        """Give claimed mails back; those that were handed off stay for the reconciler."""
        ids, owner = [item.id for item in items], self.run.means.owner
        moved = await self._saved(lambda tx: store_flight.release(tx, ids, owner, reason))
        self.run.note(moved)
        self.run.tick(len(moved))

    async def _saved(self, save: Callable[[Tx], Awaitable[T]]) -> T:
        """Save in one transaction; again when it was thrown out of a ring of waiting ones."""
        return await again(self.run.means.begin, save, _TRIES)

    def _learn(self, gate: Gate, going: int) -> None:
        seconds = gate.saved_at - gate.looked_at, elapsed() - gate.saved_at
        means = self.run.means
        self._pace.learn((going, gate.many), seconds, means.fresh, means.batch)


def _why_no_more(flight: _Flight) -> str | None:
    if flight.gate.fault is not None:
        return flight.gate.fault.answer
    last = flight.answered[-1].result if flight.answered else None
    return last.answer if last is not None and last.is_transport_down else None
