"""A database of its own with a workspace, for the figures on the audit log; writes reach the disk.

In: nothing. Out: the database, a workspace, the owner's address. Never: data that stays behind.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from outrider.kernel import access
from outrider.kernel.audit.partitions import make_ahead
from outrider.kernel.audit.seal import Signer
from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database, parse_url
from outrider.kernel.database.embedded import ensure, remove
from outrider.kernel.database.migrate import upgrade
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.secrets import Keys
from outrider.kernel.secrets.people import People

SIGNER = Signer(bytes(range(32)))


@dataclass(frozen=True)
class Log:
    """Where the figures are taken."""

    database: Database
    workspace: WorkspaceId
    clock: SystemClock
    owner: str


def body(number: int) -> dict[str, Any]:
    """About 450 bytes, the size of a real event's body."""
    return {"n": number, "content_hash": "5e" * 32, "findings": [], "reason": "x" * 300}


@asynccontextmanager
async def log() -> AsyncIterator[Log]:
    """A fresh embedded server, with fsync as in production."""
    home = Path(tempfile.mkdtemp(prefix="outrider-bench-audit-"))
    clock = SystemClock()
    server = ensure(home, linger=timedelta(seconds=1))
    owner = parse_url(server.dsn)
    upgrade(owner)
    database = Database(owner, clock, pool_size=12)
    database.sealing = People(Keys(home / "home"))
    try:
        async with database.connection() as conn:
            workspace = await access.ensure_workspace(conn, "bench", clock.now())
        # As `outrider up` has it: the events of a month lie in a partition of their own.
        await make_ahead(database, clock.now())
        plain = owner.set(drivername="postgresql").render_as_string(hide_password=False)
        yield Log(database, workspace, clock, plain)
    finally:
        await database.close()
        server.release()
        remove(home)
        shutil.rmtree(home, ignore_errors=True)
