"""The open transaction that every verb takes.

In: a connection that somebody opened. Out: `Tx`, which carries who acts, where and when.
Never: a commit; the door or the job that opened the transaction ends it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeAlias, cast
from uuid import UUID

import psycopg
from psycopg.adapt import Dumper
from psycopg.rows import dict_row
from sqlalchemy import CursorResult, Executable, TextClause, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from outrider.kernel.database.traced import traced
from outrider.kernel.ids import WorkspaceId, new_id

_PARAMETER = re.compile(r"(?<![:\w\\]):(\w+)(?![:\w])")

Row: TypeAlias = Mapping[str, Any]
"""One row by the names of its columns; it never leaves a store or a view."""


class ActorKind(StrEnum):
    """Who can act."""

    PERSON = "person"
    AGENT = "agent"
    JOB = "job"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """Who acts. `id` is a person's id, an agent's name or a job's name."""

    kind: ActorKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


SYSTEM = Actor(ActorKind.SYSTEM, "outrider")


@dataclass(frozen=True)
class About:
    """What an event tells of a contact; it goes when the contact is erased."""

    contact: UUID
    address: str = ""
    """The e-mail address in its one spelling; the event is found by it."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """More of it in words, as the subject line of a mail."""


class Sealing(Protocol):
    """Keeps what events tell of people under a key of each person."""

    async def seal(self, tx: Tx, told: Sequence[tuple[UUID, About]]) -> list[str | None]:
        """The sealed words of each event by its id; None for a contact who was erased."""
        ...


@dataclass(frozen=True)
class Tx:
    """One open transaction in one workspace, at one instant, by one actor."""

    conn: AsyncConnection
    workspace: WorkspaceId
    actor: Actor
    now: datetime
    correlation_id: str
    home: Path | None = None
    """Where a file may halt this machine; None: there is no such place."""
    sealing: Sealing | None = None
    """Who seals what the log tells of people; None: it tells nothing of them."""

    def new_id(self) -> UUID:
        """A UUIDv7 of this transaction's instant."""
        return new_id(self.now)

    async def run(
        self, statement: Executable | str, values: Mapping[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Execute one statement; a plain string is taken as SQL with `:name` parameters."""
        clause: Executable = text(statement) if isinstance(statement, str) else statement
        result = await self.conn.execute(clause, values)
        assert isinstance(result, CursorResult)
        return result

    async def rows(
        self, statement: Executable | str, values: Mapping[str, Any] | None = None
    ) -> Sequence[Row]:
        """All rows as mappings."""
        if isinstance(statement, str):
            return await (await self._asked(statement, values)).fetchall()
        return cast(Sequence[Row], (await self.run(statement, values)).mappings().all())

    async def row(
        self, statement: Executable | str, values: Mapping[str, Any] | None = None
    ) -> Row | None:
        """The first row as a mapping, or None."""
        if isinstance(statement, str):
            return await (await self._asked(statement, values)).fetchone()
        return cast(Row | None, (await self.run(statement, values)).mappings().first())

    async def _asked(
        self, statement: str, values: Mapping[str, Any] | None
    ) -> psycopg.AsyncCursor[dict[str, Any]]:
        """Ask the driver itself: for one row SQLAlchemy takes as long as Postgres and driver do."""
        under = self.conn.sync_connection
        raw = under.connection.driver_connection if under else None
        assert isinstance(raw, psycopg.AsyncConnection)
        cursor = raw.cursor(row_factory=dict_row)
        try:
            with traced(statement):
                await cursor.execute(_for_driver(statement), _written(values or {}))
        except psycopg.Error as error:
            # As every other statement of the transaction raises it.
            wrapped = DBAPIError.instance(
                statement,
                None,
                error,
                psycopg.Error,
                hide_parameters=True,
                dialect=self.conn.dialect,
            )
            raise wrapped from error
        return cursor

    async def run_many(
        self, statement: Executable | str, values: Sequence[Mapping[str, Any]]
    ) -> int:
        """Execute one statement for many sets of values; returns the rows touched."""
        if not values:
            return 0
        clause: Executable | TextClause = (
            text(statement) if isinstance(statement, str) else statement
        )
        result = await self.conn.execute(clause, list(values))
        return int(result.rowcount)


class _Ids(str):
    """Ids as one text that Postgres reads as `uuid[]`."""

    __slots__ = ()


class _IdsDumper(Dumper):
    oid = psycopg.adapters.types["uuid"].array_oid

    def dump(self, obj: _Ids) -> bytes:
        return obj.encode("ascii")


psycopg.adapters.register_dumper(_Ids, _IdsDumper)


def _written(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters, lists of ids as one text: the driver takes six times as long, id by id."""
    return {
        name: _as_ids(value) if type(value) is list else value for name, value in values.items()
    }


def _as_ids(several: list[Any]) -> _Ids | list[Any]:
    if set(map(type, several)) != {UUID}:
        return several
    return _Ids("{" + ",".join([f"{one.int:032x}" for one in several]) + "}")


@lru_cache(maxsize=4096)
def _for_driver(statement: str) -> bytes:
    """The statement with psycopg's marks for parameters in place of `:name`, as SQLAlchemy finds them."""
    return _PARAMETER.sub(r"%(\1)s", statement.replace("%", "%%")).encode()
