"""Sealing on a server that other tests write to as well.

Transaction ids belong to the whole server, so a writer in another test's database holds a seal back
for as long as it stays open. A test therefore waits until its own events are sealed.
"""

from __future__ import annotations

import asyncio

from outrider.kernel.audit.seal import BATCH, Seal, Signer, seal_until_done
from outrider.kernel.clock import Clock
from outrider.kernel.database.connect import Database


async def sealed_up_to(
    size: int, database: Database, signer: Signer, clock: Clock, batch: int = BATCH
) -> Seal:
    """The newest seal, once the tree has `size` leaves; fails after some seconds."""
    for _ in range(400):
        seal = await seal_until_done(database, signer, clock, batch=batch)
        if seal and seal.size >= size:
            assert seal.size == size
            return seal
        await asyncio.sleep(0.05)
    raise AssertionError(f"the log did not reach {size} leaves")
