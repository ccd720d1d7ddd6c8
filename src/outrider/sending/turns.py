"""Which lane of a process is at work, and how many mails it takes in hand.

In: lanes that wait, what a handful took. Out: turns, the size of the next handful. Never: a query, a
turn that one lane keeps while it waits for a slow server.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

QUICK = 0.002
"""Seconds a mail at the wire; what takes longer waits for the other side, and others go meanwhile."""
_SEVERAL = 16
"""Mails of a handful that say how long one takes; fewer say mostly how long a question takes."""
_SAFE_SHARE = 0.7
"""Of the time that a look leaves; the rest is for a look or a wire that is slower the next time."""


class Turns:
    """One lane at a time is at work in this process, save for what it signs in a thread.

    Lanes of a process share one core: two at once make each other's looks old, and none is done sooner.
    """

    def __init__(self) -> None:
        """Nobody has the turn."""
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def taken(self, longest: timedelta) -> AsyncIterator[Callable[[], None]]:
        """Wait for the turn; it ends after `longest`, or when what this gives is called."""
        await self._lock.acquire()
        is_mine = True

        def pass_on() -> None:
            nonlocal is_mine
            if is_mine:
                is_mine = False
                self._lock.release()

        # Whoever waits for a slow server or a row that another holds must not hold up everybody.
        late = asyncio.get_running_loop().call_later(longest.total_seconds(), pass_on)
        try:
            yield pass_on
        finally:
            late.cancel()
            pass_on()


@dataclass
class Pace:
    """How fast the mails of one server go, and so how many are looked at together.

    The first handful is one mail; while look and wire keep up each is twice the one before.
    """

    size: int = 1
    """Mails of the next handful."""
    at_wire: float = 0.0
    """Seconds a mail at the wire, of late; 0: none was there."""

    @property
    def is_quick(self) -> bool:
        """Whether the wire keeps this process busy, so that others would only slow it down."""
        return 0 < self.at_wire <= QUICK

    def learn(
        self, mails: tuple[int, int], seconds: tuple[float, float], fresh: timedelta, most: int
    ) -> None:
        """Take note of a handful.

        Args:
            mails: how many were looked at together, and how many of them went.
            seconds: how long the look took, and how long the wire.
            fresh: how old a look may be.
            most: mails of a handful at most.
        """
        looked_at, went = mails
        if not went:
            return
        at_wire = seconds[1] / went
        # A few mails say little; those of a moment ago say something as well.
        is_first = not self.at_wire
        self.at_wire = at_wire if went >= _SEVERAL or is_first else (at_wire + self.at_wire) / 2
        # What a look at few takes is what any look takes: smaller handfuls would only need more.
        look = seconds[0] / looked_at if looked_at >= _SEVERAL else 0.0
        fits = int(fresh.total_seconds() * _SAFE_SHARE / max(self.at_wire + look, 1e-6))
        if went < looked_at:
            fits = min(fits, max(went, looked_at // 2))
        self.size = max(1, min(fits, self.size * 2, most))
