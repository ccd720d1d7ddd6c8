"""Connections that do not wait for ever for a server, or a way to it, that fell silent.

In: how long. Out: a way to connect. Never: an end for a connection that nobody waits on.

A peer that vanished is noticed by TCP itself. A proxy between that holds the wire open and passes
nothing on is noticed by nobody: no packet is missing, and the server's own limits never reach us.

Whoever stood still himself hears late, and not because nobody spoke: when he goes on, the time is up
and the answer is there, both at once. So it is looked at several times, and a look that comes late
itself does not count.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

T = TypeVar("T")

_LOOKS = 10
"""Timely looks that find no answer, after which none comes."""


class Silence:
    """How long nobody answers on one connection, which is ended when it is too long."""

    def __init__(self, raw: psycopg.AsyncConnection[Any], seconds: float) -> None:
        """`seconds` without an answer are too long."""
        self._raw, self._pause = raw, seconds / _LOOKS
        self._watch: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._looks = 0
        self._is_waiting = False

    def begin(self) -> None:
        """Somebody waits from now on."""
        self._is_waiting = True
        if self._watch is None:
            self._looks = 0
            self._arm()
        else:
            self._looks = -1  # the next look was due for an earlier wait, and comes too soon

    def end(self) -> None:
        """There was an answer. The timer goes on to its next look: it may serve the next wait as well."""
        self._is_waiting = False

    def stop(self) -> None:
        """There was an answer, and nobody waits here again."""
        self.end()
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _arm(self) -> None:
        loop = asyncio.get_running_loop()
        self._due = loop.time() + self._pause
        self._watch = loop.call_later(self._pause, self._look)

    def _look(self) -> None:
        self._watch = None
        if not self._is_waiting:
            return
        if asyncio.get_running_loop().time() - self._due < self._pause:
            self._looks += 1
        if self._looks >= _LOOKS:
            cut(self._raw)
        else:
            self._arm()


def patient(seconds: float | None) -> Callable[..., Awaitable[psycopg.AsyncConnection[Any]]]:
    """How to connect, so that no answer is waited for longer than this; None: without an end."""
    if seconds is None:
        return psycopg.AsyncConnection.connect
    longest = seconds

    class Patient(psycopg.AsyncConnection[Any]):
        """One timer a connection, looked at when it is due: one a wait would cost as much as the wait."""

        _silence: Silence | None = None

        async def wait(self, gen: PQGen[T], *given: Any, **named: Any) -> T:
            """As always, but with an end."""
            if self._silence is None:
                self._silence = Silence(self, longest)
            self._silence.begin()
            try:
                return await super().wait(gen, *given, **named)
            finally:
                self._silence.end()

    return Patient.connect


def cut(raw: psycopg.AsyncConnection[Any]) -> None:
    """End a connection under whoever waits for it: a cancellation asks the silent server first."""
    with suppress(OSError, psycopg.Error):
        with socket.socket(fileno=os.dup(raw.fileno())) as wire:
            wire.shutdown(socket.SHUT_RDWR)
