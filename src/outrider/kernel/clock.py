"""Time. In: nothing. Out: aware UTC datetimes. Never: a naive datetime, or a sleep in a rule."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from outrider.kernel.telemetry import get_logger

_WENT_BACK = timedelta(seconds=1)
_WENT_AHEAD = timedelta(minutes=1)
"""Steps that are told of. A clock that is kept right by small changes of its pace makes none."""
# It goes on while the machine sleeps, and nobody can set it.
_ELAPSED = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

_log = get_logger("clock")


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    async def sleep(self, duration: timedelta) -> None:
        """Wait for `duration` of this clock's time."""
        ...


class SystemClock:
    """The machine's clock. When somebody sets it, the log has one line that says so."""

    def __init__(self) -> None:
        """What was read last, on it and on the clock that nobody can set."""
        self._last: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        now, elapsed = datetime.now(UTC), time.clock_gettime(_ELAPSED)
        last, self._last = self._last, (now, elapsed)
        if last is not None:
            _tell_of_step((now - last[0]) - timedelta(seconds=elapsed - last[1]))
        return now

    async def sleep(self, duration: timedelta) -> None:
        """Wait for `duration` of real time."""
        await asyncio.sleep(duration.total_seconds())


def _tell_of_step(step: timedelta) -> None:
    seconds = round(abs(step).total_seconds(), 1)
    if step < -_WENT_BACK:
        _log.warning("clock_went_back", seconds=seconds)
    elif step > _WENT_AHEAD:
        _log.warning("clock_went_ahead", seconds=seconds)


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
