"""One of several API processes: it answers on the listener that `outrider up` holds.

In: an order on stdin, then a line for whatever the other processes tell. Out: answers; on stdout a line of
JSON once it answers, one for each figure that it counted, and one every two seconds, by which the other end
knows that it is not stuck. Never: a job, a mail, a life after the end of
stdin, which is the end of the process that started it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, SecretStr
from pydantic_core import to_jsonable_python

from outrider.app.api.main import create_app
from outrider.app.cli.http_server import Server, log_to, server
from outrider.app.jobs.stored_secrets import look_everywhere, look_forever
from outrider.app.views.kept import Line, share
from outrider.app.wiring import opened
from outrider.kernel import heap
from outrider.kernel.settings import Settings

OUTAGES = "outrider.kernel.database.outage"
"""The logger that says whether the database answers."""
GONE, BACK = "database_gone", "database_back"
BEAT_SECONDS = 2.0
"""Between two words of one that has nothing to say; they come from the loop that answers requests."""
LONGEST_LINE = 64 * 1024 * 1024
"""A line may tell a figure over everything there is."""


class Order(BaseModel):
    """What one of them is told before it starts."""

    number: int
    listener: int
    """The open file of the listener."""
    family: int
    settings: dict[str, Any]
    for_people: bool

    @classmethod
    def of(cls, settings: Settings, listener: socket.socket, *, for_people: bool) -> Order:
        """The order of the first of them; secrets are in it."""
        fields = type(settings).model_fields
        told = {
            str(field.validation_alias or name): getattr(settings, name)
            for name, field in fields.items()
        }
        shown = {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value
            for name, value in told.items()
        }
        return cls(
            number=1,
            listener=listener.fileno(),
            family=listener.family,
            settings=to_jsonable_python(shown),
            for_people=for_people,
        )


class Told(BaseModel):
    """What goes through the pipes while it runs; each line has one of these."""

    is_ready: bool = False
    is_alive: bool = False
    """A line that says nothing else."""
    family: dict[str, int] | None = None
    """Every process that belongs to this Outrider by its name; the first is the one with the workers."""
    kept: Line | None = None
    outage: dict[str, str | float] | None = None
    """What the log would say of the database: event, reason, after_seconds."""

    def line(self) -> bytes:
        """For a pipe."""
        return self.model_dump_json(exclude_defaults=True).encode() + b"\n"


class _One:
    """The life of one process."""

    def __init__(self, settings: Settings, order: Order) -> None:
        self._settings = settings
        self._listener = socket.socket(
            order.family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=order.listener
        )
        self._app = create_app(None, self._lifespan)
        self._app.state.family = {}
        self._says: asyncio.WriteTransport | None = None
        self._server: Server = server(
            self._app,
            self._settings,
            beside_others=True,
            serves=lambda: self.tell(Told(is_ready=True)),
        )

    def run(self) -> None:
        """Answer until stdin ends or a signal comes."""
        self._server.run(sockets=[self._listener])

    async def _lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        # A plain write would hold up every answer while the other end is busy.
        self._says, _ = await asyncio.get_running_loop().connect_write_pipe(
            asyncio.BaseProtocol, sys.stdout
        )
        # A database that is not there yet is waited for, and that is no hanging.
        async with self._beating(), opened(self._settings) as outrider:
            app.state.outrider = outrider
            await look_everywhere(outrider)
            adopt = share(outrider.database, lambda line: self.tell(Told(kept=line)))
            tasks = [
                asyncio.create_task(self._hear(adopt)),
                asyncio.create_task(look_forever(outrider, says_so=False)),
            ]
            heap.settled()
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    @asynccontextmanager
    async def _beating(self) -> AsyncIterator[None]:
        async def beat() -> None:
            while True:
                self.tell(Told(is_alive=True))
                await asyncio.sleep(BEAT_SECONDS)

        beats = asyncio.create_task(beat())
        try:
            yield
        finally:
            beats.cancel()
            await asyncio.gather(beats, return_exceptions=True)

    async def _hear(self, adopt: Callable[[Line], None]) -> None:
        """What the others tell, to the end of it."""
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            told = Told.model_validate_json(line)
            if told.family is not None:
                self._app.state.family = told.family
            if told.kept is not None:
                adopt(told.kept)
        self._server.end()

    def tell(self, told: Told) -> None:
        """Say it to the first process."""
        if self._says is not None:
            self._says.write(told.line())


class _PassedOn(logging.Filter):
    """That the database is gone, or back, is said once for all processes, and not by each."""

    def __init__(self, tell: Callable[[Told], None]) -> None:
        """`tell` hears it in place of the log."""
        super().__init__()
        self._tell = tell

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is to be written."""
        if not isinstance(record.msg, dict) or record.msg.get("event") not in (GONE, BACK):
            return True
        told = {name: record.msg.get(name) for name in ("event", "reason", "after_seconds")}
        self._tell(Told(outage={name: value for name, value in told.items() if value is not None}))
        return False


def main() -> None:
    """Serve as the order on stdin says; without one, whoever started this is gone."""
    # Nothing is read ahead: what follows is for the event loop.
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as orders:
        line = orders.readline(LONGEST_LINE)
    if not line:
        return
    order = Order.model_validate(json.loads(line))
    settings = Settings(**order.settings)
    log_to(settings, for_people=order.for_people)
    one = _One(settings, order)
    logging.getLogger(OUTAGES).addFilter(_PassedOn(one.tell))
    one.run()


if __name__ == "__main__":
    main()
