"""`outrider up`: the API, the sealer and the workers of the job queue.

In: settings. Out: a listener until it is stopped; one process for all, or the workers here and the API in
several others. Never: a second copy of the verbs; an address that
others can reach before there is an admin.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import FastAPI

from outrider import __version__
from outrider.app.api.main import create_app
from outrider.app.cli.http_server import STOPS, is_terminal, listener, log_to, server
from outrider.app.cli.output import note, point, say
from outrider.app.cli.serve_many import Processes, how_many
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
from outrider.app.jobs.texts import send_texts_forever
from outrider.app.slack.listen import listen_forever
from outrider.app.wiring import Outrider, opened
from outrider.kernel import access, heap, telemetry
from outrider.kernel.audit.seal import keep_in, seal_forever
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
    for_people = is_terminal() and not json_logs
    log_to(settings, for_people=for_people)
    ended: signal.Signals | None = None
    with contextlib.closing(listener(settings)) as bound:
        desk = _Desk(settings, bound, for_people, ready)
        # Ctrl-C is how it is meant to end; everything was closed before it comes back.
        with contextlib.suppress(KeyboardInterrupt):
            many = how_many(settings)
            if many > 1:
                ended = asyncio.run(_several(desk, many))
            else:
                _alone(desk)
    if for_people:
        note("Stopped.")
    if ended is signal.SIGTERM:
        signal.raise_signal(ended)  # whoever sent it is told so, as by any program


@dataclass(frozen=True)
class _Desk:
    """What both ways to serve have in common."""

    settings: Settings
    bound: socket.socket
    for_people: bool
    ready: Callable[[str], None] | None

    @property
    def address(self) -> str:
        return f"http://{self.settings.host}:{self.bound.getsockname()[1]}"


def _alone(desk: _Desk) -> None:
    """One process for all."""
    asyncio.run(_must_be_ready(desk.settings))

    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _open(desk) as outrider:
            app.state.outrider = outrider
            async with _working(desk, outrider):
                yield

    served = server(create_app(None, lifespan), desk.settings)
    served.run(sockets=[desk.bound])
    if not served.started:
        raise InvalidSetting(
            f"Outrider did not start: {desk.settings.home / 'logs' / 'outrider.log'} says why."
        )


async def _several(desk: _Desk, many: int) -> signal.Signals | None:
    """This process has the workers, and others answer; the signal that ended it."""
    ended: asyncio.Future[signal.Signals] = asyncio.get_running_loop().create_future()
    _end_on_signals(ended)
    # The second signal cancels this task: whoever sent it wants an end, and no account of it.
    with contextlib.suppress(asyncio.CancelledError):
        async with Processes(desk.settings, desk.bound, many, for_people=desk.for_people) as others:
            await _must_be_ready(desk.settings)
            async with _open(desk) as outrider:
                await others.serve()
                async with _working(desk, outrider):
                    await ended
                    await others.end()
    return ended.result() if ended.done() else None


def _end_on_signals(ended: asyncio.Future[signal.Signals]) -> None:
    """The first signal is for a good end, the second for one at once."""
    task = asyncio.current_task()
    assert task is not None

    def heard(number: signal.Signals) -> None:
        if ended.done():
            task.cancel()
        else:
            ended.set_result(number)

    for number in STOPS:
        asyncio.get_running_loop().add_signal_handler(number, heard, number)


@contextlib.asynccontextmanager
async def _open(desk: _Desk) -> AsyncIterator[Outrider]:
    """Everything opened, every workspace's secrets looked at."""
    async with opened(desk.settings) as outrider:
        await look_everywhere(outrider)
        yield outrider


@contextlib.asynccontextmanager
async def _working(desk: _Desk, outrider: Outrider) -> AsyncIterator[None]:
    """The workers, and what a person is told of it."""
    setup = await _setup_link(outrider, desk.address)
    async with _workers(outrider) as parts:
        heap.settled()
        started = _started(outrider, desk.address, parts)
        say(f"Outrider is ready at {desk.address}")
        if setup:
            point("You are the first here. Within 30 minutes open this link; it works once:")
            point(f"  {setup}")
        elif desk.for_people:
            note("To log in the first time: outrider person password YOUR-ADDRESS")
        if desk.for_people:
            note(f"The log is {desk.settings.home / 'logs' / 'outrider.log'}. Ctrl-C stops.")
        if desk.ready:
            desk.ready(desk.address)
        try:
            yield
        finally:
            lasted = outrider.clock.now() - started
            _log.info("stopping", after_seconds=round(lasted.total_seconds()))


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
        parts["texts"] = lambda: send_texts_forever(outrider)
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
