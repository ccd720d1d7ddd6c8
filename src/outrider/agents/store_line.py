"""One connection that stays open while runs go on: it holds their locks, and carries their records.

In: the first open transaction of a run. Out: a named lock, and short transactions whose statements
travel together. Never: a wait for somebody else's lock, a model's or a tool's time, SQL of a room.

To borrow a connection, begin and commit takes three times the work of the statements themselves;
a run writes two records a turn. This connection is in autocommit, and what a pipeline sends between
two synchronisations is one transaction (PostgreSQL, section 55.2.4, pipelining).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from outrider.kernel.audit.append import driver
from outrider.kernel.clock import Clock
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import DatabaseUnavailable

Found = TypeVar("Found")

_LOCK = b"select pg_try_advisory_lock(%s)"
_UNLOCK = b"select pg_advisory_unlock(%s)"
_IN = b"select set_config('outrider.workspace', %s, true)"


Work: TypeAlias = Callable[[Tx], Awaitable[Found]]
"""What is done in one transaction."""


class LineDown(Exception):
    """The connection broke; whether its last transaction was kept is not known."""


def held(tx: Tx, name: str) -> AbstractAsyncContextManager[bool]:
    """Hold a named lock of this workspace beyond the transaction; gives False when it is taken.

    It stands on a connection without a transaction. The server lets go of it the moment that
    connection dies, so a killed process never blocks the next one.
    """
    return _keeper_of(tx).held(tx.conn.engine, _key(tx, name))


def line(tx: Tx, name: str, clock: Clock) -> Line:
    """The line of a run that holds the lock of this name, for as long as it holds it."""
    return Line(_keeper_of(tx), tx, _key(tx, name), clock)


def _keeper_of(tx: Tx) -> _Keeper:
    return _keepers.setdefault(tx.conn.engine.sync_engine, _Keeper())


def _key(tx: Tx, name: str) -> int:
    digest = hashlib.sha256(f"{tx.workspace} {name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


@dataclass(frozen=True)
class Line:
    """Transactions of one run on the shared connection."""

    keeper: _Keeper
    opened: Tx
    """Who acts, and where."""
    key: int
    clock: Clock

    async def together(self, work: Work[Found], again: Work[Found]) -> Found:
        """Do `work` in a transaction of its own; all is kept, or nothing when it raises.

        Its statements go to the driver itself and are sent together; what `work` reads is waited
        for, and what it writes is kept when this returns. A cancellation waits for its end.
        `again` is done when the connection broke and nobody knows whether `work` was kept.

        Raises:
            DatabaseUnavailable: it broke twice, or another process holds the lock of this run now.
        """
        with suppress(LineDown):
            return await self._once(work)
        try:
            return await self._once(again)
        except LineDown as error:
            raise DatabaseUnavailable(
                f"The connection to the database broke twice: {error}. Check DATABASE_URL."
            ) from error

    async def _once(self, work: Work[Found]) -> Found:
        task = asyncio.ensure_future(self.keeper.together(self, work))
        task.add_done_callback(_seen)
        return await asyncio.shield(task)


def _seen(task: asyncio.Task[Any]) -> None:
    """An error of which nobody is told any more is no error of the loop."""
    if not task.cancelled():
        task.exception()


class _Keeper:
    """The connection of one pool. A session may take its own lock twice, so they are counted here."""

    def __init__(self) -> None:
        self._keys: set[int] = set()
        self._lost: set[int] = set()
        self._conn: AsyncConnection | None = None
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def held(self, engine: AsyncEngine, key: int) -> AsyncIterator[bool]:
        """Hold one lock for the length of the block."""
        async with self._turn:
            is_ours = key not in self._keys and await self._take(engine, key)
        try:
            yield is_ours
        finally:
            if is_ours:
                async with self._turn:
                    await self._let_go(key)

    async def together(self, by: Line, work: Work[Found]) -> Found:
        """One transaction on the line.

        Raises:
            LineDown: the connection broke.
            DatabaseUnavailable: another process holds the lock of this run now.
        """
        async with self._turn:
            raw = None
            try:
                conn = await self._there(by)
                raw = driver(conn)
                tx = replace(by.opened, conn=conn, now=by.clock.now())
                async with raw.pipeline():
                    await raw.execute(_IN, [str(tx.workspace)])
                    return await _or_nothing(raw, work(tx))
            except asyncio.CancelledError:
                await self._drop()
                raise
            except (psycopg.Error, SQLAlchemyError, OSError) as error:
                if raw is not None and not raw.closed:
                    raise
                await self._drop()
                # What else lies in the pool is as old.
                await by.opened.conn.engine.dispose()
                raise LineDown(" ".join(str(error).split())[:300]) from error

    async def _there(self, by: Line) -> AsyncConnection:
        if self._conn is None:
            await self._connect(by.opened.conn.engine)
            # The server let go of every lock when the connection broke.
            self._lost |= {key for key in self._keys if not await self._lock(key)}
        if by.key in self._lost:
            raise DatabaseUnavailable(
                "The connection to the database broke, and another process carries on this run."
            )
        assert self._conn is not None
        return self._conn

    async def _connect(self, engine: AsyncEngine) -> None:
        conn = await engine.connect()
        self._conn = await conn.execution_options(isolation_level="AUTOCOMMIT")

    async def _lock(self, key: int) -> bool:
        assert self._conn is not None
        cursor = await driver(self._conn).execute(_LOCK, [key])
        row = await cursor.fetchone()
        return row is not None and bool(row[0])

    async def _take(self, engine: AsyncEngine, key: int) -> bool:
        if self._conn is None:
            await self._connect(engine)
        found = await self._lock(key)
        if found:
            self._keys.add(key)
        elif not self._keys:
            await self._close()
        return found

    async def _let_go(self, key: int) -> None:
        self._keys.discard(key)
        self._lost.discard(key)
        if self._conn is None:
            return
        try:
            await driver(self._conn).execute(_UNLOCK, [key])
        except psycopg.Error:
            await self._drop()  # a pooled connection must not keep the lock
        if not self._keys:
            await self._close()

    async def _drop(self) -> None:
        if self._conn is not None:
            await self._conn.invalidate()
        await self._close()

    async def _close(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            await conn.close()


async def _or_nothing(raw: psycopg.AsyncConnection, work: Awaitable[Found]) -> Found:
    """What `work` gives; when it raises, what it wrote so far is taken back."""
    try:
        return await work
    except (psycopg.Error, SQLAlchemyError):
        raise  # the server has undone it already
    except Exception:
        # Outside a block it rolls back what was sent since the last synchronisation.
        await raw.execute(b"rollback")
        raise


_keepers: WeakKeyDictionary[Engine, _Keeper] = WeakKeyDictionary()
