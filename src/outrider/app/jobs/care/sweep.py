"""Objects that no row names: what a crash between keeping and recording leaves behind.

In: settings, an instant. Out: how many there are, and with leave, their removal. Never: the removal of an
object that is younger than a day: its row may be about to be written.
"""

from __future__ import annotations

import asyncio
from array import array
from bisect import bisect_left
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

from outrider.app.jobs.care.hold import removing
from outrider.app.jobs.care.named_objects import all_names
from outrider.kernel.database import dump
from outrider.kernel.database.opening import owner_url
from outrider.kernel.objects import Objects
from outrider.kernel.settings import Settings

YOUNG = timedelta(days=1)


@dataclass(frozen=True)
class Swept:
    """What a sweep found."""

    objects: int
    orphans: int
    orphan_bytes: int
    removed: int


async def sweep(
    settings: Settings,
    now: datetime,
    *,
    remove: bool,
    tell: Callable[[int], None] = lambda seen: None,
) -> Swept:
    """Find objects that no row of any workspace names, and remove them if told to.

    The names are read after the listing has begun to be old: an object is an orphan only if it was kept a
    day before, so a row that is written meanwhile cannot be missed. Memory: about 40 bytes a name.

    Raises:
        DatabaseUnavailable, Unavailable: the database or the store does not answer, or a backup is at
            work; what was removed by then were orphans.
    """
    async with AsyncExitStack() as held:
        if remove:
            owner, _ = await asyncio.to_thread(owner_url, settings)
            await held.enter_async_context(removing(owner))
        named = await asyncio.to_thread(_names, settings)
        store = Objects(settings.objects_url)
        seen = orphans = orphan_bytes = removed = 0
        async for chunk in store.listing():
            seen += len(chunk)
            tell(seen)
            for one in chunk:
                if now - one.kept_at < YOUNG or _is_among(named, one.digest):
                    continue
                orphans += 1
                orphan_bytes += one.size_bytes
                if remove:
                    # What was kept again since the names were read is young again, and stays.
                    removed += await store.remove(one.digest, kept_before=now - YOUNG)
        return Swept(seen, orphans, orphan_bytes, removed)


def _names(settings: Settings) -> array[int]:
    """The first eight bytes of every name, in order; two that share them protect each other."""
    owner, _ = owner_url(settings)
    with dump.connected(owner) as conn:
        # Sorted here: what the database takes for an order depends on its collation.
        return array("Q", sorted(int(name[:16], 16) for name in all_names(conn)))


def _is_among(named: array[int], digest: str) -> bool:
    wanted = int(digest[:16], 16)
    at = bisect_left(named, wanted)
    return at < len(named) and named[at] == wanted
