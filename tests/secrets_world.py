"""Stored secrets as tests need them: an Outrider with a ring, and what lies in its rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from outrider.app.jobs import secret_care
from outrider.app.wiring import Outrider
from outrider.kernel.clock import Clock, SystemClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.secrets.given import Given
from outrider.kernel.secrets.masters import FileMaster, Masters
from outrider.kernel.secrets.ring import Ring
from outrider.kernel.secrets.text import SecretText
from outrider.kernel.settings import Settings


@dataclass(frozen=True)
class Kept:
    """An Outrider and short words for what a test does with it."""

    outrider: Outrider

    async def set(self, name: str, text: str, *, machine: bool = False) -> None:
        """Store a secret."""
        await secret_care.set_secret(self.outrider, SYSTEM, name, SecretText(text), machine=machine)

    async def look(self) -> None:
        """As a process that runs for long does."""
        await self.outrider.given.look(self.outrider.begin())

    def find(self, name: str) -> str | None:
        """The secret, as a reader gets it."""
        found = self.outrider.given.find(self.outrider.workspace, name)
        return found.reveal() if found else None

    async def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        """What lies in the database."""
        async with self.outrider.begin()() as tx:
            return [dict(row) for row in await tx.rows(query, values)]

    async def run(self, statement: str, **values: Any) -> None:
        """Change a row as whoever can write to the database would."""
        async with self.outrider.begin()() as tx:
            await tx.run(statement, values)

    async def keys_in_use(self) -> dict[UUID, int]:
        """How many secrets are under each data key."""
        rows = await self.rows(
            "select data_key_id, count(*) as n from outrider.secrets group by data_key_id"
        )
        return {row["data_key_id"]: row["n"] for row in rows}


def kept_in(
    home: Path,
    database: Database,
    workspace: WorkspaceId,
    masters: Masters | None = None,
    clock: Clock | None = None,
) -> Kept:
    """Another process, as it were: its own ring, the same rows. Files keep the master key by default."""
    keys = Keys(home)
    ring = Ring(masters or Masters(FileMaster(keys)), clock or SystemClock())
    outrider = Outrider(
        Settings(home=home),
        database.clock,
        database,
        Objects("memory:"),
        keys,
        workspace,
        "test",
        Given(ring),
    )
    return Kept(outrider)
