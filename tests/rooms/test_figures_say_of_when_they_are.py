"""A figure that takes long to count is counted while people read the last one, which says of when it is."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from outrider.app.views import kept as module
from outrider.app.views.kept import REST, SLOW_SECONDS, Counted, kept
from outrider.app.wiring import Outrider
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load


class Campaigns:
    """Counts campaigns, slowly if asked to."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.times = 0
        self.broken = False

    async def __call__(self, tx: Tx) -> int:
        self.times += 1
        if self.broken:
            raise Conflict("It cannot be counted now: try again.")
        await tx.run("select pg_sleep(:seconds)", {"seconds": self.seconds})
        row = await tx.row("select count(*) as n from outrider.workspaces")
        return int(row["n"]) if row else 0


@pytest.fixture
def outrider(database: Database, workspace: WorkspaceId, home: Path, keys: Keys) -> Outrider:
    objects = Objects(str(home / "objects"))
    return Outrider(load(home=home), database.clock, database, objects, keys, workspace, "figures")


async def settled(outrider: Outrider) -> None:
    """Wait for counts that go on behind the answers."""
    shelf = module._SHELVES[outrider.database]  # the only way to know that nothing is under way
    await asyncio.gather(*shelf.refreshed.values())


async def test_what_is_quick_to_count_is_counted_each_time(outrider: Outrider) -> None:
    count = Campaigns(0)
    for n in range(1, 4):
        assert (await kept(outrider, "quick", count)).value == 1
        assert count.times == n


async def test_a_slow_count_is_given_again_with_its_instant(
    outrider: Outrider, clock: VirtualClock
) -> None:
    count = Campaigns(2 * SLOW_SECONDS)
    first = await kept(outrider, "slow", count)
    again = await kept(outrider, "slow", count)
    assert (again, count.times) == (first, 1)
    assert first.as_of == clock.now()


async def test_after_a_rest_the_next_reader_starts_a_new_count_and_waits_for_none(
    outrider: Outrider, clock: VirtualClock
) -> None:
    count = Campaigns(2 * SLOW_SECONDS)
    first: Counted[int] = await kept(outrider, "slow", count)
    await clock.sleep(timedelta(seconds=first.seconds * (REST + 1)))
    assert await kept(outrider, "slow", count) == first
    await settled(outrider)
    anew = await kept(outrider, "slow", count)
    assert (anew.as_of > first.as_of, count.times) == (True, 2)


async def test_twenty_readers_of_a_figure_that_nobody_counted_yet_cause_one_count(
    outrider: Outrider,
) -> None:
    count = Campaigns(2 * SLOW_SECONDS)
    found = await asyncio.gather(*(kept(outrider, "slow", count) for _ in range(20)))
    assert count.times == 1
    assert len({one.as_of for one in found}) == 1


async def test_a_count_that_fails_leaves_the_last_one(
    outrider: Outrider, clock: VirtualClock
) -> None:
    count = Campaigns(2 * SLOW_SECONDS)
    first = await kept(outrider, "slow", count)
    count.broken = True
    await clock.sleep(timedelta(seconds=first.seconds * (REST + 1)))
    await kept(outrider, "slow", count)
    await settled(outrider)
    assert await kept(outrider, "slow", count) == first
    await settled(outrider)


async def test_one_workspace_never_sees_the_figure_of_another(
    outrider: Outrider, clock: VirtualClock
) -> None:
    count = Campaigns(2 * SLOW_SECONDS)
    await kept(outrider, "slow", count)
    other = outrider.within(WorkspaceId(UUID(int=7)))
    await kept(other, "slow", count)
    assert count.times == 2
