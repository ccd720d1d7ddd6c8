"""People at their screens: keep-alive connections that ask for what the web app asks for.

In: an address, sessions, what is asked how often. Out: the milliseconds of each answer, by name.
Never: an answer that was not read to its end, or an error that counts as an answer.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Ask:
    """One address that a screen asks for."""

    name: str
    paths: tuple[str, ...]
    """One of these each time."""
    weight: int = 1


@dataclass
class User:
    """One person with one connection and a stream of what happens."""

    host: str
    port: int
    token: str
    spent: Mapping[str, list[float]]
    dice: random.Random
    _line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = field(default=None)

    async def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of one answer."""
        if self._line is None:
            self._line = await asyncio.open_connection(self.host, self.port)
        reader, writer = self._line
        writer.write(self._request(path))
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].split("\r\n", 1)[0])
        return int(head.split(" ", 2)[1]), await reader.readexactly(length)

    async def first(self, asks: list[Ask]) -> None:
        """Ask for one of each, which is not counted."""
        for ask in asks:
            await self.get(ask.paths[0])
        # Who is done first would wait for the others longer than a server keeps an idle connection.
        if self._line is not None:
            self._line[1].close()
            self._line = None

    async def work(self, asks: list[Ask], until: float, pause: float) -> None:
        """Ask for one thing after another, and read for a while in between."""
        weights = [ask.weight for ask in asks]
        await asyncio.sleep(self.dice.uniform(0, pause))
        while time.perf_counter() < until:
            [ask] = self.dice.choices(asks, weights)
            path = self.dice.choice(ask.paths)
            start = time.perf_counter()
            status, body = await self.get(path)
            self.spent[ask.name].append((time.perf_counter() - start) * 1000)
            assert status == 200, (path, status, body[:300])
            await asyncio.sleep(self.dice.uniform(0.5, 1.5) * pause)

    async def listen(self) -> None:
        """Hold the stream of changes open, as every open page does."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        writer.write(self._request("/api/live"))
        while await reader.read(4096):
            pass

    def _request(self, path: str) -> bytes:
        return (
            f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Bearer {self.token}\r\n\r\n"
        ).encode()


async def crowd(
    address: tuple[str, int], tokens: tuple[str, ...], asks: list[Ask], seconds: float, pause: float
) -> dict[str, list[float]]:
    """As many people as there are tokens, for so long; each one's first answer of each kind is not counted."""
    spent: dict[str, list[float]] = defaultdict(list)
    users = [User(*address, token, spent, random.Random(n)) for n, token in enumerate(tokens)]
    streams = [asyncio.create_task(user.listen()) for user in users]
    for ask in asks:
        for path in ask.paths:
            await users[0].get(path)
    # Else what a process and its connections do once would be told of the routes that happened to be first.
    await asyncio.gather(*(user.first(asks) for user in users))
    until = time.perf_counter() + seconds
    await asyncio.gather(*(user.work(asks, until, pause) for user in users))
    for stream in streams:
        stream.cancel()
    await asyncio.gather(*streams, return_exceptions=True)
    return dict(spent)


def share(spent: list[float], part: float) -> float:
    """The value below which this part of the answers lies."""
    ordered = sorted(spent)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
