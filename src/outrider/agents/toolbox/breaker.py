"""What fails again and again is left alone for a while, and what has a limit is kept to it (C-9, C-34).

In: names, instants, failures. Out: how long to wait. Never: a clock of its own, a sleep.

Kept per process: five failures in a row stop a tool or a model for five minutes.
"""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import datetime, timedelta

FAILURES_TO_OPEN = 5
OPEN_FOR = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)


class Breaker:
    """Counts failures in a row and calls a minute, by name."""

    def __init__(self) -> None:
        self._failures: dict[str, int] = defaultdict(int)
        self._closed_again: dict[str, datetime] = {}
        self._calls: dict[str, deque[datetime]] = defaultdict(deque)

    def wait(self, name: str, now: datetime) -> timedelta | None:
        """How long `name` is left alone; None when it may be asked."""
        until = self._closed_again.get(name)
        return until - now if until is not None and until > now else None

    def over_rate(self, name: str, per_minute: int, now: datetime) -> timedelta | None:
        """How long to wait for the next call within the limit; None counts one call now."""
        calls = self._calls[name]
        while calls and now - calls[0] >= MINUTE:
            calls.popleft()
        if len(calls) >= per_minute:
            return calls[0] + MINUTE - now
        calls.append(now)
        return None

    def succeeded(self, name: str) -> None:
        """It worked; the count begins anew."""
        self._failures[name] = 0

    def failed(self, name: str, now: datetime) -> None:
        """It did not work; the fifth time in a row it is left alone, and again after one more."""
        self._failures[name] += 1
        if self._failures[name] >= FAILURES_TO_OPEN:
            self._failures[name] = FAILURES_TO_OPEN - 1
            self._closed_again[name] = now + OPEN_FOR
