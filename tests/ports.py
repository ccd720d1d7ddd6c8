"""A port for a server that must be told one.

In: nothing. Out: a port of loopback that nobody listens on, and that the kernel gives to nobody.
Never: one of those that it hands out by itself, for it might before the server has begun.
"""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Iterator

_FIRST, _BEYOND = 15_000, 32_000
"""Below what Linux and others give to whoever asks for any port (`ip_local_port_range`)."""


def _turns() -> Iterator[int]:
    # Processes that run at the same time have numbers near each other, and begin far apart.
    begin = os.getpid() * 97
    for turn in itertools.count():
        yield _FIRST + (begin + turn) % (_BEYOND - _FIRST)


_ports: dict[int, Iterator[int]] = {}


def free_port() -> int:
    """A port that was free a moment ago, and another one each time."""
    for port in _ports.setdefault(os.getpid(), _turns()):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")
