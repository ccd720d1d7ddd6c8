"""`outrider up`: the API, the sealer and the workers of the job queue in one process.

In: settings. Out: a listener on loopback until it is stopped. Never: a second copy of the verbs.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable

import uvicorn
from fastapi import FastAPI

from outrider.app.api.main import create_app
from outrider.app.cli.output import note, say
from outrider.app.jobs import registered_jobs
from outrider.app.wiring import Outrider, opened
from outrider.kernel import access, telemetry
from outrider.kernel.audit.seal import keep_in, seal_forever
from outrider.kernel.errors import InvalidSetting
from outrider.kernel.jobs_procrastinate import Worker
from outrider.kernel.settings import Settings


def serve(settings: Settings, ready: Callable[[str], None] | None = None) -> None:
    """Listen until a signal ends it; `ready` gets the address once requests are answered.

    Raises:
        InvalidSetting: the port is taken or cannot be used.
    """
    telemetry.configure(settings.log_level, settings.home / "logs")
    listener = _listener(settings)
    address = f"http://{settings.host}:{listener.getsockname()[1]}"

    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(settings) as outrider:
            app.state.outrider = outrider
            setup = await _setup_link(outrider, address)
            async with _workers(outrider):
                say(f"Outrider is ready at {address}")
                if setup:
                    note(f"First run: open {setup} within 30 minutes; it works once.")
                if ready:
                    ready(address)
                yield

    app = create_app(None, lifespan)
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False)
    server = uvicorn.Server(config)
    server.run(sockets=[listener])
    if not server.started:
        raise InvalidSetting("Outrider did not start; the log above says why.")


def _listener(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
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
async def _workers(outrider: Outrider) -> AsyncIterator[None]:
    """The sealer and the job queue, for as long as the API runs."""
    registered_jobs()
    worker = Worker(outrider.database, outrider, outrider.clock)
    tasks = [
        asyncio.create_task(
            seal_forever(
                outrider.database,
                outrider.signer,
                outrider.clock,
                outrider.settings.seal_every,
                keep_in(outrider.settings.home / "checkpoints"),
            )
        ),
        asyncio.create_task(worker.run()),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
