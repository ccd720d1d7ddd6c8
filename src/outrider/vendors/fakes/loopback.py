"""A stand-in's server: on a free port of the loopback, in a thread, for as long as a context lasts.

In: a class that handles requests. Out: an address. Never: an answer of its own, another interface.
"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class OnLoopback:
    """Answers from `__enter__` to `__exit__`; `url` leads to it."""

    def __init__(
        self,
        handler: type[BaseHTTPRequestHandler],
        server: type[ThreadingHTTPServer] = ThreadingHTTPServer,
    ) -> None:
        """Take a port; connections wait there until `__enter__`."""
        self._server = server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def _closing(self) -> None:
        """Let go whoever waits for an answer that will not come; called before it stops."""

    def __enter__(self) -> Self:
        """Start to answer."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, and free the port."""
        self._closing()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
