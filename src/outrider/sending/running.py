"""One call of `drain`: what is left to do, what happened, what is held. In: items. Out: a report.

Never: a query; what is kept here is forgotten when the call ends.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from outrider.campaigns.types import CampaignId
from outrider.sending.journal import Journal
from outrider.sending.means import Means
from outrider.sending.turns import Pace, Turns
from outrider.sending.types import OutboxId, OutboxItem, OutboxStatus, SendReport

Progress = Callable[[int, int | None], None]
"""Called with the mails done so far and the most that may be done."""

_STOPPED = {OutboxStatus.CANCELLED, OutboxStatus.FAILED, OutboxStatus.UNKNOWN}
_WAITING = {OutboxStatus.QUEUED, OutboxStatus.DEFERRED}


def quiet(done: int, total: int | None) -> None:
    """No progress."""


@dataclass
class Run:
    """Shared by all lanes of one drain."""

    means: Means
    left: int
    total: int
    progress: Progress
    at_once: bool = False
    """Whether drafts leave before the time to take their approval back is over."""
    journal: Journal | None = None
    done: int = 0
    queued: int = 0
    halted_by: str | None = None
    held: dict[CampaignId, str] = field(default_factory=dict)
    items: dict[OutboxId, OutboxItem] = field(default_factory=dict)
    lost: set[OutboxId] = field(default_factory=set)
    """Claimed here, and taken over by another before they were done with."""
    unanswered: dict[OutboxId, str] = field(default_factory=dict)
    """At the wire when it fell silent, and what is known of that."""
    claiming: asyncio.Lock = field(default_factory=asyncio.Lock)
    turns: Turns = field(default_factory=Turns)
    """Which lane is at work now."""
    paces: dict[object, Pace] = field(default_factory=lambda: defaultdict(Pace))
    """By mail server: what one lane learned of it, the others need not find out."""

    def is_open(self) -> bool:
        """Whether mails may go, as far as this drain has heard."""
        return self.halted_by is None

    def note(self, items: Iterable[OutboxItem | None]) -> None:
        """Remember where mails are now."""
        for item in items:
            if item is not None:
                self.items[item.id] = item

    def tick(self, many: int = 1) -> None:
        """So many more mails are done with."""
        for _ in range(many):
            self.done += 1
            self.progress(self.done, self.total)

    def report(self) -> SendReport:
        """What happened, mail by mail."""
        items = sorted(self.items.values(), key=lambda item: item.id)
        return SendReport(
            queued=self.queued,
            sent=tuple(i for i in items if i.status is OutboxStatus.SENT),
            waiting=tuple(i for i in items if i.status in _WAITING),
            stopped=tuple(i for i in items if i.status in _STOPPED),
            halted_by=self.halted_by,
        )
