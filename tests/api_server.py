"""The API behind a real listener on loopback, for clients that are programs of their own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from sqlalchemy import URL

from outrider.app.api.main import create_app
from outrider.app.wiring import Outrider
from outrider.kernel import access
from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load


@dataclass(frozen=True)
class Served:
    """Where it listens, and a session of an admin."""

    url: str
    session: str


@contextlib.contextmanager
def served(owner_url: URL, home: Path) -> Iterator[Served]:
    """The API in a thread with a loop of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    tokens: list[str] = []
    ready = threading.Event()

    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        clock = SystemClock()
        database = Database(owner_url, clock, pool_size=8)
        async with database.connection() as conn:
            workspace = await access.ensure_workspace(conn, "default", clock.now())
        outrider = Outrider(
            load(home=home),
            clock,
            database,
            Objects(str(home / "objects")),
            Keys(home),
            workspace,
            "test",
        )
        async with outrider.begin()() as tx:
            admin = await access.add_person(tx, "Kim Lee", "kim@brand.example", "admin")
            tokens.append(await access.open_session(tx.conn, admin.person_id, tx.now))
        app.state.outrider = outrider
        ready.set()
        yield
        await database.close()

    config = uvicorn.Config(
        create_app(None, lifespan), log_config=None, access_log=False, ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
    thread.start()
    try:
        assert ready.wait(60), "the API did not start"
        yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", tokens[0])
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()
