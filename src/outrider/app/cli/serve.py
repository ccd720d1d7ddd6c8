"""`outrider up`: the API, the sealer and the workers of the job queue in one process.

In: settings. Out: a listener until it is stopped. Never: a second copy of the verbs; an address that
others can reach before there is an admin.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from types import FrameType

import uvicorn
from fastapi import FastAPI

from outrider import __version__
from outrider.app.api.main import create_app
from outrider.app.cli.output import note, point, say
from outrider.app.jobs import registered_jobs
from outrider.app.jobs.care.keep_log import export_forever, tidy_forever
from outrider.app.jobs.care.work_log import tell_forever
from outrider.app.jobs.chase import chase_forever
from outrider.app.jobs.fleet_clock import start_forever
from outrider.app.jobs.health import look_after_forever
from outrider.app.jobs.privacy import forget_forever
from outrider.app.jobs.send_forever import send_forever
from outrider.app.jobs.stored_secrets import look_everywhere, look_forever, must_open
from outrider.app.jobs.tasks_due import open_tasks_forever
from outrider.app.slack.listen import listen_forever
from outrider.app.wiring import Outrider, opened
from outrider.kernel import access, heap, telemetry
from outrider.kernel.audit.seal import keep_in, seal_forever
from outrider.kernel.database.outage import hush
from outrider.kernel.errors import InvalidSetting
from outrider.kernel.job_registry import LONG, SHORT
from outrider.kernel.jobs_procrastinate import Worker
from outrider.kernel.settings import Settings

RUNS_AT_ONCE = 4
"""Runs of agents at a time in this process; those asked for or due beyond it wait."""

_UP_AGAIN = timedelta(seconds=5)

_log = telemetry.get_logger("serve")


def serve(
    settings: Settings,
    ready: Callable[[str], None] | None = None,
    *,
    json_logs: bool = False,
) -> None:
    """Listen until a signal ends it; `ready` gets the address once requests are answered.

    On a terminal stderr carries a few lines for people, else (or with `json_logs`) the log as JSON;
    the log file in the home folder has everything either way.

    Raises:
        InvalidSetting: the port is taken or cannot be used, or others could become admin.
    """
    for_people = sys.stderr.isatty() and not json_logs
    telemetry.configure(settings.log_level, settings.home / "logs", to_stderr=not for_people)
    if for_people:
        logging.getLogger().addHandler(Aloud(logging.WARNING))
    hush(logging.getLogger().handlers)
    asyncio.run(_must_be_ready(settings))
    listener = _listener(settings)
    address = f"http://{settings.host}:{listener.getsockname()[1]}"

    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(settings) as outrider:
            app.state.outrider = outrider
            await look_everywhere(outrider)
            setup = await _setup_link(outrider, address)
            async with _workers(outrider) as parts:
                heap.settled()
                started = _started(outrider, address, parts)
                say(f"Outrider is ready at {address}")
                if setup:
                    point(
                        "You are the first here. Within 30 minutes open this link; it works once:"
                    )
                    point(f"  {setup}")
                elif for_people:
                    note("To log in the first time: outrider person password YOUR-ADDRESS")
                if for_people:
                    note(f"The log is {settings.home / 'logs' / 'outrider.log'}. Ctrl-C stops.")
                if ready:
                    ready(address)
                try:
                    yield
                finally:
                    lasted = outrider.clock.now() - started
                    _log.info("stopping", after_seconds=round(lasted.total_seconds()))

    server = _server(create_app(None, lifespan), settings)
    # Ctrl-C is how it is meant to end; the server has closed everything before it comes back.
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    if not server.started:
        raise InvalidSetting(
            f"Outrider did not start: {settings.home / 'logs' / 'outrider.log'} says why."
        )
    if for_people:
        note("Stopped.")


def _started(outrider: Outrider, address: str, parts: Sequence[str]) -> datetime:
    """Write down what was started; the instant."""
    owner = outrider.database.owner
    embedded = outrider.settings.database_url is None
    _log.info(
        "started",
        version=__version__,
        address=address,
        database="embedded" if embedded else f"{owner.host}/{owner.database}",
        workspace=str(outrider.workspace),
        parts=list(parts),
    )
    return outrider.clock.now()


def _server(app: FastAPI, settings: Settings) -> uvicorn.Server:
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
    )
    return _Server(config, app)


class _Server(uvicorn.Server):
    """A server that tells its open streams that it ends; else it would wait for them for ever."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note it first, then do as any server does."""
        self._app.state.is_ending = True
        super().handle_exit(sig, frame)


async def _must_be_ready(settings: Settings) -> None:
    """What would fail later, or let a stranger in, ends the start in its own words."""
    async with opened(settings) as outrider:
        if not settings.is_loopback:
            await _must_have_admin(outrider)
        await must_open(outrider)
        # A model without a price is refused here, not when a run first asks it.
        _ = outrider.thinking


async def _must_have_admin(outrider: Outrider) -> None:
    """Whoever came first from afar would be the admin."""
    async with outrider.begin()() as tx:
        if await access.has_admin(tx):
            return
    raise InvalidSetting(
        f"Nobody is admin yet, and {outrider.settings.host} can be reached by others: start on"
        " 127.0.0.1 first and open its link, or run `outrider person add NAME EMAIL --role admin`."
    )


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


def _listener(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # Where TCP is named, asyncio has each answer leave at once; else a short one waits for 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise InvalidSetting(
            f"Port {settings.port} on {settings.host} cannot be used: {error.strerror}. "
            "Give another with --port or OUTRIDER_PORT."
        ) from error
    return listener


async def _setup_link(outrider: Outrider, address: str) -> str | None:
    """The single-use link, while the workspace has no admin."""
    async with outrider.begin()() as tx:
        if await access.has_admin(tx):
            return None
    async with outrider.database.connection() as conn:
        token = await access.new_setup_token(conn, outrider.clock.now())
    return f"{address}/setup?token={token}"


@contextlib.asynccontextmanager
async def _workers(outrider: Outrider) -> AsyncIterator[Sequence[str]]:
    """The sealer, the job queue, the sender and the rest, for as long as the API runs."""
    registered_jobs()
    worker = Worker(outrider.database, outrider.within, outrider.clock, line=SHORT)
    fleet = Worker(
        outrider.database, outrider.within, outrider.clock, line=LONG, concurrency=RUNS_AT_ONCE
    )
    every = outrider.settings.seal_every
    keep = keep_in(outrider.settings.home / "checkpoints")
    parts: dict[str, Callable[[], Awaitable[None]]] = {
        "sealer": lambda: seal_forever(
            outrider.database, outrider.signer, outrider.clock, every, keep
        ),
        "checkpoints": lambda: export_forever(outrider),
        "log": lambda: tidy_forever(outrider),
        "told": lambda: tell_forever(outrider),
        "jobs": worker.run_forever,
        "fleet": fleet.run_forever,
        "reviews": lambda: chase_forever(outrider),
        "reputation": lambda: look_after_forever(outrider),
        "tasks": lambda: open_tasks_forever(outrider),
        "slack": lambda: listen_forever(outrider),
        "privacy": lambda: forget_forever(outrider),
        "secrets": lambda: look_forever(outrider),
    }
    pause = outrider.settings.send_every
    if pause is not None:
        parts["sender"] = lambda: send_forever(outrider, pause)
    look = outrider.settings.agents_every
    if look is not None:
        parts["agents"] = lambda: start_forever(outrider, look)
    tasks = [asyncio.create_task(_kept_up(outrider, name, part)) for name, part in parts.items()]
    try:
        yield list(parts)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _kept_up(outrider: Outrider, name: str, part: Callable[[], Awaitable[None]]) -> None:
    """Start a part again when it falls over something that nobody foresaw."""
    while True:
        try:
            await part()
            return  # it has nothing to do here
        except Exception as error:  # noqa: BLE001 - one part's fault must not end it for good
            _log.error("part_fell", name=name, reason=type(error).__name__)
        await outrider.clock.sleep(_UP_AGAIN)
