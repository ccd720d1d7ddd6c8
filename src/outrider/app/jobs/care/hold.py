"""While a backup copies objects, nothing is removed that it may name.

In: the owner's address. Out: a lock of the database, which backups share and a removal has alone. Never: a
removal that waits as long as a backup may take; a lock that outlives its process.

An erasure writes a pack anew and removes the old one, with the mails of others in it: a backup whose
snapshot names the old one would have lost them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager

import psycopg
from sqlalchemy import URL

from outrider.kernel.database import dump
from outrider.kernel.errors import Unavailable

WAIT_SECONDS = 10.0
"""A backup or a sweep may be about to end."""
_KEY = int.from_bytes(b"objects", "big")
"""Any number that nothing else of ours locks."""
# The lock ends with its transaction: one of a session would be lost when the server ends idle sessions,
# and behind a pooler it would outlive us.
_FOR_LONG = "set local idle_in_transaction_session_timeout = 0"


@contextmanager
def kept(owner: URL) -> Iterator[None]:
    """Every object stays until the block ends; waits for a removal that is under way."""
    with dump.connected(owner) as conn:
        conn.execute(_FOR_LONG)
        conn.execute("select pg_advisory_xact_lock_shared(%s)", [_KEY])
        yield


@asynccontextmanager
async def removing(owner: URL) -> AsyncIterator[None]:
    """Objects may be removed until the block ends.

    Raises:
        Unavailable: a backup, or another removal, is at work for longer than some seconds.
    """
    with ExitStack() as held:
        await asyncio.to_thread(_take, owner, held)
        yield


def _take(owner: URL, held: ExitStack) -> None:
    conn = held.enter_context(dump.connected(owner))
    conn.execute(_FOR_LONG)
    conn.execute(f"set local lock_timeout = {int(WAIT_SECONDS * 1000)}".encode())
    try:
        conn.execute("select pg_advisory_xact_lock(%s)", [_KEY])
    except psycopg.errors.LockNotAvailable:
        raise Unavailable(
            "A backup or a sweep is at work and needs the stored objects as they are: when it has ended,"
            " `outrider sweep --remove` and `outrider privacy finish` go on; `outrider up` finishes an"
            " erasure by itself within the hour."
        ) from None
