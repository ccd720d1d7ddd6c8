"""A wire that falls silent: a proxy that keeps its connections open and passes nothing on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

Dial = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


@dataclass
class Wire:
    """Both ways through one proxy."""

    dial: Dial
    passes: asyncio.Event = field(default_factory=asyncio.Event)
    swallowed: int = 0
    """Pieces that were taken while it was silent, and never passed on."""
    _open: list[asyncio.StreamWriter] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def fall_silent(self) -> None:
        """From now on everything is taken and nothing arrives, on old connections and on new ones."""
        self.passes.clear()

    def heal(self) -> None:
        """New connections get through; the old ones end, as those of a peer that restarted do."""
        for writer in self._open:
            writer.close()
        self._open.clear()
        self.passes.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self._open.append(writer)
        if not self.passes.is_set():
            with suppress(OSError):
                await self._swallow(reader)
            return
        far_reader, far_writer = await self.dial()
        self._open.append(far_writer)
        ways = [
            asyncio.create_task(self._pass(reader, far_writer)),
            asyncio.create_task(self._pass(far_reader, writer)),
        ]
        self._tasks |= set(ways)
        await asyncio.wait(ways)
        self._tasks -= set(ways)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(65_536):
                if not self.passes.is_set():
                    self.swallowed += 1
                    await self._swallow(reader)
                    break
                writer.write(piece)
                await writer.drain()
            # The far end is not told while the wire is silent.
            if self.passes.is_set():
                writer.close()

    async def _swallow(self, reader: asyncio.StreamReader) -> None:
        while await reader.read(65_536):
            self.swallowed += 1

    def end(self) -> None:
        """Let go of everything."""
        for writer in self._open:
            writer.close()
        for task in self._tasks:
            task.cancel()


@asynccontextmanager
async def wire_to_socket(target: Path, at: Path) -> AsyncIterator[Wire]:
    """A wire to a Unix socket, itself behind the Unix socket `at`."""
    wire = Wire(lambda: asyncio.open_unix_connection(str(target)))
    wire.passes.set()
    server = await asyncio.start_unix_server(wire.serve, path=str(at))
    try:
        yield wire
    finally:
        server.close()
        wire.end()


@asynccontextmanager
async def wire_to_port(port: int) -> AsyncIterator[tuple[Wire, int]]:
    """A wire to a port of this machine; the port that it listens on."""
    wire = Wire(lambda: asyncio.open_connection("127.0.0.1", port))
    wire.passes.set()
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    try:
        yield wire, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        wire.end()
