"""Time. In: nothing. Out: aware UTC datetimes. Never: a naive datetime, or a sleep in a rule."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    async def sleep(self, duration: timedelta) -> None:
        """Wait for `duration` of this clock's time."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, duration: timedelta) -> None:
        """Wait for `duration` of real time."""
        await asyncio.sleep(duration.total_seconds())


class VirtualClock:
    """A clock that moves only when it is told to. For tests and the rehearsal."""

    def __init__(self, start: datetime) -> None:
        """Start at `start`, which must carry a time zone."""
        if start.tzinfo is None:
            raise ValueError("a virtual clock needs an aware start")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self._now

    def advance(self, duration: timedelta) -> datetime:
        """Move forward by `duration` and return the new instant."""
        self._now += duration
        return self._now

    async def sleep(self, duration: timedelta) -> None:
        """Move forward at once, and let other tasks run."""
        self.advance(duration)
        await asyncio.sleep(0)
