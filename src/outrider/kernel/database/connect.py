"""Connections: one pool per role, one way to open a transaction.

In: settings and a clock. Out: `Database`, whose `transaction` gives a `Tx`.
Never: autocommit, a session variable that outlives its transaction, a retry of a write, a wait
without end for a server that stands still.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import sqlalchemy.exc
from sqlalchemy import URL, Pool, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from outrider.kernel import tracing
from outrider.kernel.clock import Clock
from outrider.kernel.database.again import told_of
from outrider.kernel.database.limits import Limits
from outrider.kernel.database.outage import Outage
from outrider.kernel.database.patience import Silence, patient
from outrider.kernel.database.role import Role, role_password, role_url
from outrider.kernel.database.traced import listen
from outrider.kernel.database.tx import Actor, Sealing, Tx
from outrider.kernel.errors import DatabaseUnavailable, InvalidSetting
from outrider.kernel.ids import WorkspaceId

SILENT_SECONDS = 10.0
"""A server that does not begin a transaction within this time does not answer."""
ANSWERS_WITHIN = timedelta(seconds=2)
_PAUSE = timedelta(seconds=0.5)

DEFAULT_LIMITS = Limits()
__all__ = [
    "ANSWERS_WITHIN",
    "DEFAULT_LIMITS",
    "SILENT_SECONDS",
    "Database",
    "Role",
    "parse_url",
    "role_password",
    "role_url",
]


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
        limits: Limits = DEFAULT_LIMITS,
        urls: dict[Role, URL] | None = None,
    ) -> None:
        """`owner` is the address of the owner; `urls` overrides the address of a role."""
        self.owner = owner
        self.clock = clock
        self.home: Path | None = None
        """Where a file may halt this machine (`kernel.halt_file`)."""
        self.sealing: Sealing | None = None
        """Who seals what the log tells of people (`kernel.secrets.people`)."""
        self.agent_pool_size: int | None = None
        """Connections of the login of agents; None: as many as of any other."""
        self._pool_size = pool_size
        self._limits = limits
        self._urls = urls or {}
        self._engines: dict[Role, AsyncEngine] = {}
        self._outage = Outage()
        self._probe: asyncio.Task[DatabaseUnavailable | None] | None = None

    def _longest(self, role: Role) -> float | None:
        """Seconds after which an answer comes no more; None: a statement may take for ever."""
        allowed = self._limits.of(role).statement.total_seconds()
        return allowed + SILENT_SECONDS if allowed else None

    def url(self, role: Role) -> URL:
        """The address under which this role logs in."""
        return self._urls.get(role) or role_url(self.owner, role)

    def engine(self, role: Role = Role.APP) -> AsyncEngine:
        """The pool of this role, made on first use."""
        if role not in self._engines:
            self._engines[role] = create_async_engine(
                self.url(role),
                pool_size=(role is Role.AGENT and self.agent_pool_size) or self._pool_size,
                max_overflow=0,
                # The last one used has its statements prepared; in turn, eight would have to learn each.
                pool_use_lifo=True,
                hide_parameters=True,
                connect_args={
                    # The server ends a statement that takes too long; this, one that it never heard of.
                    "async_creator_fn": patient(self._longest(role)),
                    "options": f"-csearch_path=outrider,jobs {self._limits.of(role).options}",
                    "connect_timeout": 10,
                    "prepare_threshold": 3,
                    # A peer that vanished without a word is noticed within a minute, not in hours.
                    "keepalives_idle": 20,
                    "keepalives_interval": 10,
                    "keepalives_count": 3,
                    "tcp_user_timeout": 50_000,
                },
            )
            if tracing.is_on():
                listen(self._engines[role])
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
            known = correlation_id or uuid4().hex
            # The login of agents reads no key of a person.
            sealing = self.sealing if role is Role.APP else None
            yield Tx(conn, workspace, actor, self.clock.now(), known, self.home, sealing)

    @asynccontextmanager
    async def _begun(self, role: Role, workspace: str) -> AsyncIterator[AsyncConnection]:
        """A connection whose transaction has begun in this workspace; empty means in none.

        A pooled connection may have died since its last use. That shows in this first statement,
        before anything was done, so it is tried once more on a fresh one.
        """
        conn, pool = await self._ready(role, workspace)
        raw = await _driver(conn)
        try:
            async with conn.begin():
                yield conn
        except (sqlalchemy.exc.DBAPIError, psycopg.Error) as error:
            if raw.closed:
                _say_cut_off(error)
                raise self._unavailable(role, error) from error
            told = told_of(error)
            if told is None:
                raise
            raise told from error
        finally:
            if self._is_in_use(role, pool):
                await conn.close()
            else:
                await _drop(conn)

    def _is_in_use(self, role: Role, pool: Pool) -> bool:
        """Whether this pool still serves; one that does not keeps what it gets back open for ever."""
        engine = self._engines.get(role)
        return engine is not None and engine.pool is pool

    async def _ready(self, role: Role, workspace: str) -> tuple[AsyncConnection, Pool]:
        for is_last in (False, True):
            pool = self.engine(role).pool
            conn = await self._connected(role)
            try:
                await _begin(conn, workspace)
            except (psycopg.OperationalError, OSError) as error:
                await _drop(conn)
                _say_cut_off(error)
                if is_last:
                    raise self._unavailable(role, error) from error
                await self.engine(role).dispose()
            except BaseException:  # a cancellation too must give the connection back
                await _drop(conn)
                raise
            else:
                break
        self._outage.answered(role)
        return conn, pool

    async def _connected(self, role: Role) -> AsyncConnection:
        try:
            return await self.engine(role).connect()
        except (sqlalchemy.exc.OperationalError, sqlalchemy.exc.TimeoutError, OSError) as error:
            raise self._unavailable(role, error) from error

    def _unavailable(self, role: Role, error: BaseException) -> DatabaseUnavailable:
        told = why(error)
        self._outage.failed(role, told)
        return DatabaseUnavailable(
            f"The database does not answer as {role}: {told}. "
            "Check DATABASE_URL, or run `outrider upgrade`."
        )

    async def answers(self, within: timedelta = ANSWERS_WITHIN) -> None:
        """Return when the server answers as the application.

        However many ask, one question is under way at a time.

        Raises:
            DatabaseUnavailable: it did not, within this time.
        """
        if self._probe is None or self._probe.done():
            self._probe = asyncio.create_task(self._asked())
        # Whoever wakes first may ask the next question before the others have read this answer.
        probe = self._probe
        # A task that is cancelled would wait for the very answer that does not come.
        done, _ = await asyncio.wait({probe}, timeout=within.total_seconds())
        if not done:
            late = TimeoutError(f"no answer within {within.total_seconds():g} s")
            raise self._unavailable(Role.APP, late)
        error = probe.result()
        if error is not None:
            raise error

    async def until_it_answers(self) -> None:
        """Ask again and again, quietly."""
        while True:
            with suppress(DatabaseUnavailable):
                await self.answers()
                return
            await self.clock.sleep(_PAUSE)

    async def _asked(self) -> DatabaseUnavailable | None:
        try:
            async with self.connection():
                return None
        except DatabaseUnavailable as error:
            return error

    async def close(self) -> None:
        """Close every pool."""
        if self._probe is not None:
            self._probe.cancel()
        for engine in self._engines.values():
            await engine.dispose()
        self._engines.clear()


async def _driver(conn: AsyncConnection) -> psycopg.AsyncConnection:
    raw = (await conn.get_raw_connection()).driver_connection
    assert isinstance(raw, psycopg.AsyncConnection)
    return raw


async def _begin(conn: AsyncConnection, workspace: str) -> None:
    """BEGIN and the workspace in one round trip; the setting ends with the transaction."""
    raw = await _driver(conn)
    silence = Silence(raw, SILENT_SECONDS)
    silence.begin()
    try:
        async with raw.pipeline():
            await raw.execute("select set_config('outrider.workspace', %s, true)", [workspace])
    finally:
        silence.stop()


async def _drop(conn: AsyncConnection) -> None:
    """Close a connection whose state is not known, and keep it out of the pool."""
    await conn.invalidate()
    await conn.close()


def _say_cut_off(error: BaseException) -> None:
    """Go on with the cancellation that this error came of: psycopg closes a connection cut off twice.

    Raises:
        asyncio.CancelledError: there was one, and no fault of the database.
    """
    task = asyncio.current_task()
    # A time limit that ran out before leaves its cancellation in the chain of what is asked then.
    if task is None or not task.cancelling():
        return
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, asyncio.CancelledError):
            raise asyncio.CancelledError(*cause.args) from error
        cause = cause.__cause__ or cause.__context__


def why(error: BaseException) -> str:
    """What the server or the way to it said, without the address, which may name a login."""
    if isinstance(error, sqlalchemy.exc.TimeoutError):
        return "all connections of this process are in use"
    cause = getattr(error, "orig", None) or error
    lines = str(cause).strip().splitlines() or [type(cause).__name__]
    told = next((line for line in lines if " failed: " in line), lines[-1])
    return told.rpartition(" failed: ")[2].removeprefix("FATAL:").strip().rstrip(".")
