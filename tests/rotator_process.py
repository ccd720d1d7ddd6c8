"""Rotates data keys again and again until it is killed: `python -m tests.rotator_process URL HOME WORKSPACE`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from uuid import UUID

from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database, parse_url
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.secrets import rotate
from tests.secrets_world import kept_in


async def main(url: str, home: str, workspace: str) -> None:
    """Rotate for ever; says once that it has begun."""
    database = Database(parse_url(url), SystemClock(), pool_size=2)
    kept = kept_in(Path(home), database, WorkspaceId(UUID(workspace)))
    ring = kept.outrider.given.ring
    assert ring is not None
    begin = kept.outrider.begin(SYSTEM)
    async with begin() as tx:  # connected already: whoever kills it meets a rotation
        await tx.run("select 1")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        await rotate.rotate(begin, ring, kept.outrider.workspace, SystemClock())
        await rotate.change_master([(kept.outrider.workspace, begin)], ring)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
