"""The HTTP server of the API, and where its log goes: alone in a process, or beside others on one listener.

In: the application, settings. Out: a server to run, a listener, handlers of the log. Never: an address
taken from a header that nobody was trusted with, a stream that outlives its server.
"""

from __future__ import annotations

import logging
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from outrider.app.cli.output import point
from outrider.kernel import telemetry
from outrider.kernel.database.outage import hush
from outrider.kernel.errors import InvalidSetting
from outrider.kernel.settings import Settings

BACKLOG = 2048
"""Connections that wait to be taken."""
_ONE_AT_A_TIME = 1
"""Connections that one of several processes takes before it looks for other work."""


class Server(uvicorn.Server):
    """A server that tells its open streams that it ends; else it would wait for them for ever."""

    def __init__(
        self, config: uvicorn.Config, app: FastAPI, serves: Callable[[], None] | None = None
    ) -> None:
        """`serves` is told once requests are answered."""
        super().__init__(config)
        self._app = app
        self._serves = serves

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets=sockets)
        for one in sockets or []:
            # What one process takes at a time is not how many may wait for all of them.
            one.listen(BACKLOG)
        if self._serves and not self.should_exit:
            self._serves()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note it first, then do as any server does."""
        self._app.state.is_ending = True
        super().handle_exit(sig, frame)

    def end(self) -> None:
        """End as after a signal, but come back from `run`."""
        self._app.state.is_ending = True
        self.should_exit = True


def server(
    app: FastAPI,
    settings: Settings,
    *,
    beside_others: bool = False,
    serves: Callable[[], None] | None = None,
) -> Server:
    """The server of this application.

    Args:
        app: what answers.
        settings: whose proxies are trusted.
        beside_others: other processes have the same listener. Whoever wakes first would take all that
            wait, and keep them for as long as their browsers stay; so each takes one and looks again.
        serves: told once requests are answered.
    """
    # What it says at INFO is how it starts and stops, which is said here in plainer words.
    # No page of ours opens a WebSocket; without this uvicorn would load a server for them.
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        # Nobody's word counts for where a request comes from but a proxy's that was named.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        backlog=_ONE_AT_A_TIME if beside_others else BACKLOG,
    )
    return Server(config, app, serves)


def listener(settings: Settings) -> socket.socket:
    """The address of the settings, bound; nobody can connect before a server listens.

    Raises:
        InvalidSetting: the port is taken or cannot be used.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # Where TCP is named, asyncio has each answer leave at once; else a short one waits for 40 ms.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((settings.host, settings.port))
    except OSError as error:
        made.close()
        raise InvalidSetting(
            f"Port {settings.port} on {settings.host} cannot be used: {error.strerror}. "
            "Give another with --port or OUTRIDER_PORT."
        ) from error
    return made


def log_to(settings: Settings, *, for_people: bool) -> None:
    """The log file in the home folder; on stderr a few lines for people, else the log as JSON."""
    telemetry.configure(settings.log_level, settings.home / "logs", to_stderr=not for_people)
    if for_people:
        logging.getLogger().addHandler(Aloud(logging.WARNING))
    hush(logging.getLogger().handlers)


class Aloud(logging.Handler):
    """Warnings and errors on a terminal: a line each, without the traceback that the log file has."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record."""
        told = record.msg if isinstance(record.msg, dict) else {"event": record.getMessage()}
        more = " ".join(
            f"{name}={value}"
            for name, value in told.items()
            if name not in ("event", "level", "timestamp", "exc_info", "exception")
        )
        first = str(told.get("event", "")).partition("\n")[0]
        line = telemetry.redact(f"{record.levelname.lower()}: {first} {more}".rstrip())
        point(line)


def is_terminal() -> bool:
    """Whether a person reads standard error."""
    return sys.stderr.isatty()


STOPS = (signal.SIGINT, signal.SIGTERM)
"""The signals that end it in good order."""
