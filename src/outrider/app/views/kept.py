"""Figures over everything there is: counted anew while people read the last count, which says of when it is.

In: how to open a transaction, a name, how to count. Out: what was counted, and when. Never: a figure that
was quick to count, or one without its instant; anything on disk, so that it is gone with the process.

A count rests for as long as `REST` counts take: what is counted in 10 ms is never kept, what takes two
seconds is at most some forty old when somebody looks, and counting never takes more than a small part of
the database's time. Nobody looks: nothing is counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from outrider.app.wiring import Outrider
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import OutriderError
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.telemetry import get_logger

T = TypeVar("T")
_Key = tuple[WorkspaceId, str]
Make = Callable[[Tx], Awaitable[T]]

SLOW_SECONDS = 0.03
"""What is counted within this time is counted each time."""
REST = 20
"""Counting takes at most one part in so many of the time."""

_log = get_logger("views")


@dataclass(frozen=True)
class Counted(Generic[T]):
    """A figure, of when it is, and how long it took."""

    value: T
    as_of: datetime
    seconds: float


@dataclass
class _Shelf:
    """What one process keeps of one database. Never two counts at once: they would slow each other."""

    counted: dict[_Key, Counted[Any]] = field(default_factory=dict)
    refreshed: dict[_Key, asyncio.Task[None]] = field(default_factory=dict)
    first: dict[_Key, asyncio.Lock] = field(default_factory=dict)
    one: asyncio.Lock = field(default_factory=asyncio.Lock)


_SHELVES: WeakKeyDictionary[Database, _Shelf] = WeakKeyDictionary()


async def kept(outrider: Outrider, name: str, make: Make[T]) -> Counted[T]:
    """A figure of this workspace: counted now if that is quick, else the last count.

    Args:
        outrider: whose workspace and database.
        name: one for each figure, with what narrows it.
        make: counts, in a transaction of its own.
    """
    shelf = _SHELVES.setdefault(outrider.database, _Shelf())
    key = (outrider.workspace, name)
    found: Counted[T] | None = shelf.counted.get(key)
    if found is None:
        return await _first(outrider, shelf, key, make)
    if outrider.clock.now() - found.as_of > _rest(found) and key not in shelf.refreshed:
        task = asyncio.create_task(_again(outrider, shelf, key, make))
        shelf.refreshed[key] = task
        task.add_done_callback(lambda _: shelf.refreshed.pop(key, None))
    return found


async def _first(outrider: Outrider, shelf: _Shelf, key: _Key, make: Make[T]) -> Counted[T]:
    """Count now; who asks for a slow one meanwhile waits for the same count."""
    waits = shelf.first.setdefault(key, asyncio.Lock())
    async with waits:
        found: Counted[T] | None = shelf.counted.get(key)
        if found is None:
            found = await _count(outrider, make)
            _keep(shelf, key, found)
    return found


def _keep(shelf: _Shelf, key: _Key, found: Counted[Any]) -> None:
    if found.seconds >= SLOW_SECONDS:
        shelf.counted[key] = found
    else:
        shelf.counted.pop(key, None)


def _rest(found: Counted[Any]) -> timedelta:
    return REST * timedelta(seconds=found.seconds)


async def _again(outrider: Outrider, shelf: _Shelf, key: _Key, make: Make[Any]) -> None:
    """Count anew; what fails leaves the last count, which goes on to say of when it is."""
    try:
        async with shelf.one:
            _keep(shelf, key, await _count(outrider, make))
    except (OutriderError, psycopg.Error, SQLAlchemyError, OSError) as error:
        _log.error("figures_not_counted", figure=key[1], reason=type(error).__name__)


async def _count(outrider: Outrider, make: Make[T]) -> Counted[T]:
    clock = asyncio.get_running_loop().time
    begun = clock()
    async with outrider.begin()() as tx:
        # One count is not to take every processor from those who wait for a page.
        await tx.run("set local max_parallel_workers_per_gather = 0")
        await tx.run("set local work_mem = '64MB'")
        value = await make(tx)
        return Counted(value, tx.now, clock() - begun)
