"""The open transaction that every verb takes.

In: a connection that somebody opened. Out: `Tx`, which carries who acts, where and when.
Never: a commit; the door or the job that opened the transaction ends it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias, cast
from uuid import UUID

from sqlalchemy import CursorResult, Executable, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from outrider.kernel.ids import WorkspaceId, new_id

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
class Tx:
    """One open transaction in one workspace, at one instant, by one actor."""

    conn: AsyncConnection
    workspace: WorkspaceId
    actor: Actor
    now: datetime
    correlation_id: str

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
        return cast(Sequence[Row], (await self.run(statement, values)).mappings().all())

    async def row(
        self, statement: Executable | str, values: Mapping[str, Any] | None = None
    ) -> Row | None:
        """The first row as a mapping, or None."""
        return cast(Row | None, (await self.run(statement, values)).mappings().first())

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
