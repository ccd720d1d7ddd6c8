"""Figures over everything there is: counted anew while people read the last count, which says of when it is.

In: how to open a transaction, a name, how to count. Out: what was counted, and when. Never: a figure that
was quick to count, or one without its instant; anything on disk, so that it is gone with Outrider.

A count rests for as long as `REST` counts take: what is counted in 10 ms is never kept, what takes two
seconds is at most some forty old when somebody looks, and counting never takes more than a small part of
the database's time. Nobody looks: nothing is counted, and after a week the last count is dropped. Several
processes tell each other what they counted, and no two of them count the same figure anew at the same time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary, WeakValueDictionary

import psycopg
from pydantic import BaseModel, TypeAdapter
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
DROPPED_AFTER = timedelta(days=7)
"""Whoever asks has it counted anew, so that nobody has asked for what was counted so long ago."""

_ALONE = "select pg_try_advisory_xact_lock(hashtextextended(:name, 0)) as is_mine"

_log = get_logger("views")


@dataclass(frozen=True)
class Counted(Generic[T]):
    """A figure, of when it is, and how long it took."""

    value: T
    as_of: datetime
    seconds: float


class Line(BaseModel):
    """A figure as one process tells it to another."""

    workspace: WorkspaceId
    name: str
    as_of: datetime
    seconds: float
    value: Any


Tell = Callable[[Line], None]


@dataclass
class _Shelf:
    """What one process keeps of one database. Never two counts at once: they would slow each other."""

    tell: Tell | None = None
    """Who hears what was counted here."""
    told: dict[_Key, Line] = field(default_factory=dict)
    """What others counted, until somebody asks for it here."""
    counted: dict[_Key, Counted[Any]] = field(default_factory=dict)
    refreshed: dict[_Key, asyncio.Task[None]] = field(default_factory=dict)
    first: WeakValueDictionary[_Key, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    """Gone with the last of those who wait."""
    one: asyncio.Lock = field(default_factory=asyncio.Lock)

    def sweep(self, now: datetime) -> None:
        """Drop what nobody asks for any more."""
        for figures in (self.told, self.counted):
            for key in [key for key, one in figures.items() if now - one.as_of > DROPPED_AFTER]:
                del figures[key]


_SHELVES: WeakKeyDictionary[Database, _Shelf] = WeakKeyDictionary()


def share(database: Database, tell: Tell) -> Tell:
    """Tell what is counted from now on; what is returned takes in what others counted."""
    shelf = _shelf(database)
    shelf.tell = tell

    def adopt(line: Line) -> None:
        shelf.told[line.workspace, line.name] = line
        shelf.sweep(line.as_of)

    return adopt


async def kept(outrider: Outrider, name: str, make: Make[T], kind: type[T]) -> Counted[T]:
    """A figure of this workspace: counted now if that is quick, else the last count.

    Args:
        outrider: whose workspace and database.
        name: one for each figure, with what narrows it.
        make: counts, in a transaction of its own.
        kind: what it makes, as other processes are told it.
    """
    shelf = _shelf(outrider.database)
    shelf.sweep(outrider.clock.now())
    key = (outrider.workspace, name)
    found = _last(shelf, key, kind)
    if found is None:
        return await _first(outrider, shelf, key, make, kind)
    if outrider.clock.now() - found.as_of > _rest(found) and key not in shelf.refreshed:
        task = asyncio.create_task(_again(outrider, shelf, key, make, kind))
        shelf.refreshed[key] = task
        task.add_done_callback(lambda _: shelf.refreshed.pop(key, None))
    return found


def _shelf(database: Database) -> _Shelf:
    return _SHELVES.setdefault(database, _Shelf())


def _last(shelf: _Shelf, key: _Key, kind: type[T]) -> Counted[T] | None:
    """The last count, whoever made it."""
    found: Counted[T] | None = shelf.counted.get(key)
    line = shelf.told.pop(key, None)
    if line and (found is None or line.as_of > found.as_of):
        value = _as(kind).validate_python(line.value)
        found = shelf.counted[key] = Counted(value, line.as_of, line.seconds)
    return found


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    known: Any = kind
    return TypeAdapter(known)


def _as(kind: Any) -> TypeAdapter[Any]:
    return _adapter(kind)


async def _first(
    outrider: Outrider, shelf: _Shelf, key: _Key, make: Make[T], kind: type[T]
) -> Counted[T]:
    """Count now; who asks for a slow one meanwhile waits for the same count."""
    waits = shelf.first.setdefault(key, asyncio.Lock())
    async with waits:
        found = _last(shelf, key, kind)
        if found is None:
            async with outrider.begin()() as tx:
                found = await _counted(tx, make)
            _keep(shelf, key, found, kind)
    return found


def _keep(shelf: _Shelf, key: _Key, found: Counted[T], kind: type[T]) -> None:
    if found.seconds < SLOW_SECONDS:
        shelf.counted.pop(key, None)
        return
    shelf.counted[key] = found
    if shelf.tell:
        value = _as(kind).dump_python(found.value, mode="json")
        workspace, name = key
        shelf.tell(
            Line(
                workspace=workspace,
                name=name,
                as_of=found.as_of,
                seconds=found.seconds,
                value=value,
            )
        )


def _rest(found: Counted[Any]) -> timedelta:
    return REST * timedelta(seconds=found.seconds)


async def _again(
    outrider: Outrider, shelf: _Shelf, key: _Key, make: Make[T], kind: type[T]
) -> None:
    """Count anew; what fails leaves the last count, which goes on to say of when it is."""
    try:
        async with shelf.one:
            async with outrider.begin()() as alone:
                # Whoever has it counts, and tells the others.
                held = await alone.row(_ALONE, {"name": f"count {key[0]} {key[1]}"})
                if held and held["is_mine"]:
                    _keep(shelf, key, await _counted(alone, make), kind)
    except (OutriderError, psycopg.Error, SQLAlchemyError, OSError) as error:
        _log.error("figures_not_counted", figure=key[1], reason=type(error).__name__)


async def _counted(tx: Tx, make: Make[T]) -> Counted[T]:
    clock = asyncio.get_running_loop().time
    begun = clock()
    # One count is not to take every processor from those who wait for a page.
    await tx.run("set local max_parallel_workers_per_gather = 0")
    await tx.run("set local work_mem = '64MB'")
    value = await make(tx)
    return Counted(value, tx.now, clock() - begun)
