"""Connections that do not wait for ever for a server, or a way to it, that fell silent.

In: how long. Out: a way to connect. Never: an end for a connection that nobody waits on.

A peer that vanished is noticed by TCP itself. A proxy between that holds the wire open and passes
nothing on is noticed by nobody: no packet is missing, and the server's own limits never reach us.
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


def patient(seconds: float | None) -> Callable[..., Awaitable[psycopg.AsyncConnection[Any]]]:
    """How to connect, so that no answer is waited for longer than this; None: without an end."""
    if seconds is None:
        return psycopg.AsyncConnection.connect
    longest = seconds

    class Patient(psycopg.AsyncConnection[Any]):
        """One timer a connection, looked at when it is due: one a wait would cost as much as the wait."""

        _end: float | None = None
        _watch: asyncio.TimerHandle | None = None

        async def wait(self, gen: PQGen[T], *given: Any, **named: Any) -> T:
            """As always, but with an end."""
            loop = asyncio.get_running_loop()
            self._end = loop.time() + longest
            if self._watch is None:
                self._watch = loop.call_later(longest, self._look)
            try:
                return await super().wait(gen, *given, **named)
            finally:
                self._end = None

        def _look(self) -> None:
            self._watch = None
            if self._end is None:
                return
            loop = asyncio.get_running_loop()
            left = self._end - loop.time()
            if left <= 0:
                cut(self)
            else:
                self._watch = loop.call_later(left, self._look)

    return Patient.connect


def cut(raw: psycopg.AsyncConnection[Any]) -> None:
    """End a connection under whoever waits for it: a cancellation asks the silent server first."""
    with suppress(OSError, psycopg.Error):
        with socket.socket(fileno=os.dup(raw.fileno())) as wire:
            wire.shutdown(socket.SHUT_RDWR)
