"""Sealing on a server that other tests write to as well.

Transaction ids belong to the whole server, so a writer in another test's database holds a seal back
for as long as it stays open. A test therefore waits until its own events are sealed.
"""

from __future__ import annotations

import asyncio
import time

import psycopg

from outrider.kernel.audit.seal import BATCH, Seal, Signer, seal_until_done
from outrider.kernel.clock import Clock
from outrider.kernel.database.connect import Database
from tests.program import Program

PATIENCE_SECONDS = 120.0
_UNSEALED = (
    "select (select count(*) from outrider.audit_events)"
    " - (select coalesce(max(size), 0) from outrider.audit_seals)"
)


async def sealed_up_to(
    size: int, database: Database, signer: Signer, clock: Clock, batch: int = BATCH
) -> Seal:
    """The newest seal, once the tree has `size` leaves; fails after two minutes."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        seal = await seal_until_done(database, signer, clock, batch=batch)
        if seal and seal.size >= size:
            assert seal.size == size
            return seal
        await asyncio.sleep(0.05)
    raise AssertionError(f"the log did not reach {size} leaves")


def sealed_at_the_command_line(program: Program) -> None:
    """`outrider audit seal`, again until it reached every event; fails after two minutes."""
    assert program.url is not None
    url = program.url.set(drivername="postgresql").render_as_string(hide_password=False)
    ends = time.monotonic() + PATIENCE_SECONDS
    with psycopg.connect(url, autocommit=True) as conn:
        while time.monotonic() < ends:
            program.ok("audit", "seal")
            if conn.execute(_UNSEALED).fetchone() == (0,):
                return
            time.sleep(0.05)
    raise AssertionError("events wait for their seal still")
