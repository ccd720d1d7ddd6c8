"""Named locks that outlast a transaction: one connection of a process holds those of all its runs.

In: the open transaction, for its workspace and its pool. Out: whether the lock is ours.
Never: a connection for each run, which fifty runs at once would starve each other for.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from outrider.kernel.database.tx import Tx


def held(tx: Tx, name: str) -> AbstractAsyncContextManager[bool]:
    """Hold a named lock of this workspace beyond the transaction; gives False when it is taken.

    It stands on a connection without a transaction. The server lets go of it the moment that
    connection dies, so a killed process never blocks the next one.
    """
    digest = hashlib.sha256(f"{tx.workspace} {name}".encode()).digest()
    engine = tx.conn.engine
    keeper = _keepers.setdefault(engine.sync_engine, _Keeper())
    return keeper.held(engine, int.from_bytes(digest[:8], "big", signed=True))


class _Keeper:
    """The locks of one pool. A session may take its own lock twice, so what is held is counted here."""

    def __init__(self) -> None:
        self._keys: set[int] = set()
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

    async def _take(self, engine: AsyncEngine, key: int) -> bool:
        if self._conn is None:
            conn = await engine.connect()
            self._conn = await conn.execution_options(isolation_level="AUTOCOMMIT")
        found = await self._conn.scalar(text("select pg_try_advisory_lock(:key)"), {"key": key})
        if found:
            self._keys.add(key)
        elif not self._keys:
            await self._close()
        return bool(found)

    async def _let_go(self, key: int) -> None:
        self._keys.discard(key)
        assert self._conn is not None
        try:
            await self._conn.execute(text("select pg_advisory_unlock(:key)"), {"key": key})
        except SQLAlchemyError:
            await self._conn.invalidate()  # a pooled connection must not keep the lock
        if not self._keys:
            await self._close()

    async def _close(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            await conn.close()


_keepers: WeakKeyDictionary[Engine, _Keeper] = WeakKeyDictionary()
