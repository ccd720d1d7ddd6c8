"""Connections: one pool per role, one way to open a transaction.

In: settings and a clock. Out: `Database`, whose `transaction` gives a `Tx`.
Never: autocommit, a session variable that outlives its transaction, a retry of a write.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from enum import StrEnum
from uuid import uuid4

import psycopg
import sqlalchemy.exc
from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from outrider.kernel.clock import Clock
from outrider.kernel.database.tx import Actor, Tx
from outrider.kernel.errors import DatabaseUnavailable, InvalidSetting
from outrider.kernel.ids import WorkspaceId


class Role(StrEnum):
    """The logins. `owner` migrates; `outrider_app` works; `outrider_agent` is what agents get."""

    OWNER = "owner"
    APP = "outrider_app"
    AGENT = "outrider_agent"
    SEALER = "outrider_sealer"


def role_password(owner: URL, role: Role) -> str | None:
    """The password of a role, derived from the owner's, so that every machine agrees on it.

    None when the owner has none (a private socket with trust authentication).
    """
    if not owner.password:
        return None
    key = str(owner.password).encode()
    return hmac.new(key, f"outrider role {role}".encode(), hashlib.sha256).hexdigest()


def role_url(owner: URL, role: Role) -> URL:
    """The owner's address with another login."""
    if role is Role.OWNER:
        return owner
    return owner.set(username=str(role), password=role_password(owner, role))


def parse_url(raw: str) -> URL:
    """A `postgresql://` address for psycopg 3.

    Raises:
        InvalidSetting: it is no Postgres address.
    """
    try:
        url = make_url(raw)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        raise InvalidSetting(
            "DATABASE_URL is not an address of a database: write postgresql://user:password@host/name."
        ) from None
    if url.get_backend_name() not in {"postgresql", "postgres"}:
        raise InvalidSetting(
            f"DATABASE_URL names a {url.get_backend_name()} database; Outrider needs Postgres 16 or newer."
        )
    return url.set(drivername="postgresql+psycopg")


class Database:
    """Pools of connections to one database."""

    def __init__(
        self,
        owner: URL,
        clock: Clock,
        *,
        pool_size: int = 8,
        statement_timeout: timedelta = timedelta(seconds=60),
        urls: dict[Role, URL] | None = None,
    ) -> None:
        """`owner` is the address of the owner; `urls` overrides the address of a role."""
        self.owner = owner
        self.clock = clock
        self._pool_size = pool_size
        self._timeout_ms = int(statement_timeout.total_seconds() * 1000)
        self._urls = urls or {}
        self._engines: dict[Role, AsyncEngine] = {}

    def url(self, role: Role) -> URL:
        """The address under which this role logs in."""
        return self._urls.get(role) or role_url(self.owner, role)

    def engine(self, role: Role = Role.APP) -> AsyncEngine:
        """The pool of this role, made on first use."""
        if role not in self._engines:
            self._engines[role] = create_async_engine(
                self.url(role),
                pool_size=self._pool_size,
                max_overflow=0,
                hide_parameters=True,
                connect_args={
                    "options": f"-csearch_path=outrider,jobs -cstatement_timeout={self._timeout_ms}"
                    " -cidle_in_transaction_session_timeout=60000",
                    "connect_timeout": 10,
                    "prepare_threshold": 3,
                },
            )
        return self._engines[role]

    @asynccontextmanager
    async def connection(self, role: Role = Role.APP) -> AsyncIterator[AsyncConnection]:
        """One connection in one transaction, outside any workspace.

        Raises:
            DatabaseUnavailable: the server cannot be reached or refused the login.
        """
        async with self._begun(role, "") as conn:
            yield conn

    @asynccontextmanager
    async def transaction(
        self,
        workspace: WorkspaceId,
        actor: Actor,
        *,
        role: Role = Role.APP,
        correlation_id: str | None = None,
    ) -> AsyncIterator[Tx]:
        """One transaction in one workspace; commits on success, rolls back on any error.

        Raises:
            DatabaseUnavailable: the server cannot be reached or refused the login.
        """
        async with self._begun(role, str(workspace)) as conn:
            yield Tx(conn, workspace, actor, self.clock.now(), correlation_id or uuid4().hex)

    @asynccontextmanager
    async def _begun(self, role: Role, workspace: str) -> AsyncIterator[AsyncConnection]:
        """A connection whose transaction has begun in this workspace; empty means in none.

        A pooled connection may have died since its last use. That shows in this first statement,
        before anything was done, so it is tried once more on a fresh one.
        """
        conn = await self._ready(role, workspace)
        try:
            async with conn.begin():
                yield conn
        finally:
            await conn.close()

    async def _ready(self, role: Role, workspace: str) -> AsyncConnection:
        conn = await self._connected(role)
        try:
            await _begin(conn, workspace)
        except (psycopg.OperationalError, OSError):
            await _drop(conn)
            await self.engine(role).dispose()
        except BaseException:  # a cancellation too must give the connection back
            await _drop(conn)
            raise
        else:
            return conn
        conn = await self._connected(role)
        try:
            await _begin(conn, workspace)
        except (psycopg.OperationalError, OSError) as error:
            await _drop(conn)
            raise _unavailable(role, error) from error
        except BaseException:
            await _drop(conn)
            raise
        return conn

    async def _connected(self, role: Role) -> AsyncConnection:
        try:
            return await self.engine(role).connect()
        except (sqlalchemy.exc.OperationalError, OSError) as error:
            raise _unavailable(role, error) from error

    async def close(self) -> None:
        """Close every pool."""
        for engine in self._engines.values():
            await engine.dispose()
        self._engines.clear()


async def _begin(conn: AsyncConnection, workspace: str) -> None:
    """BEGIN and the workspace in one round trip; the setting ends with the transaction."""
    raw = (await conn.get_raw_connection()).driver_connection
    assert isinstance(raw, psycopg.AsyncConnection)
    async with raw.pipeline():
        await raw.execute("select set_config('outrider.workspace', %s, true)", [workspace])


async def _drop(conn: AsyncConnection) -> None:
    """Close a connection whose state is not known, and keep it out of the pool."""
    await conn.invalidate()
    await conn.close()


def _unavailable(role: Role, error: BaseException) -> DatabaseUnavailable:
    return DatabaseUnavailable(
        f"The database does not answer as {role}: {_first_line(error)}. "
        "Check DATABASE_URL, or run `outrider upgrade`."
    )


def _first_line(error: BaseException) -> str:
    cause = getattr(error, "orig", None) or error
    lines = str(cause).strip().splitlines()
    return lines[-1].strip().rstrip(".") if lines else type(cause).__name__
