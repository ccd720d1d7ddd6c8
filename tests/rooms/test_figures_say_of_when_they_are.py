"""A figure that takes long to count is counted while people read the last one, which says of when it is."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from outrider.app.cli.serve_many import Processes
from outrider.app.cli.serve_one import Told
from outrider.app.views import kept as module
from outrider.app.views.campaign_figures import Figures
from outrider.app.views.kept import REST, SLOW_SECONDS, Counted, Line, kept, share
from outrider.app.views.metrics import Measured
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
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def __call__(self, tx: Tx) -> int:
        self.times += 1
        if self.broken:
            raise Conflict("It cannot be counted now: try again.")
        await tx.run("select pg_sleep(:seconds)", {"seconds": self.seconds})
        await self.may_end.wait()
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


async def test_what_is_quick_to_count_is_counted_each_time(
    outrider: Outrider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLOW_SECONDS", 60.0)  # quick, however busy the machine is
    count = Campaigns(0)
    for n in range(1, 4):
        assert (await kept(outrider, "quick", count, int)).value == 1
        assert count.times == n


async def test_a_slow_count_is_given_again_with_its_instant(
    outrider: Outrider, clock: VirtualClock
) -> None:
    count = Campaigns(2 * SLOW_SECONDS)
    first = await kept(outrider, "slow", count, int)
    again = await kept(outrider, "slow", count, int)
    assert (again, count.times) == (first, 1)
    assert first.as_of == clock.now()


async def test_after_a_rest_the_next_reader_starts_a_new_count_and_waits_for_none(
    outrider: Outrider, clock: VirtualClock
) -> None:
    count = Campaigns(2 * SLOW_SECONDS)
    first: Counted[int] = await kept(outrider, "slow", count, int)
    await clock.sleep(timedelta(seconds=first.seconds * (REST + 1)))
    assert await kept(outrider, "slow", count, int) == first
    await settled(outrider)
    anew = await kept(outrider, "slow", count, int)
    assert (anew.as_of > first.as_of, count.times) == (True, 2)


async def test_twenty_readers_of_a_figure_that_nobody_counted_yet_cause_one_count(
    outrider: Outrider,
) -> None:
    count = Campaigns(2 * SLOW_SECONDS)
    found = await asyncio.gather(*(kept(outrider, "slow", count, int) for _ in range(20)))
    assert count.times == 1
    assert len({one.as_of for one in found}) == 1


async def test_a_count_that_fails_leaves_the_last_one(
    outrider: Outrider, clock: VirtualClock
) -> None:
    count = Campaigns(2 * SLOW_SECONDS)
    first = await kept(outrider, "slow", count, int)
    count.broken = True
    await clock.sleep(timedelta(seconds=first.seconds * (REST + 1)))
    await kept(outrider, "slow", count, int)
    await settled(outrider)
    assert await kept(outrider, "slow", count, int) == first
    await settled(outrider)


async def test_what_nobody_asked_for_in_a_week_is_dropped_and_counted_anew(
    outrider: Outrider, clock: VirtualClock
) -> None:
    rare, common = Campaigns(2 * SLOW_SECONDS), Campaigns(2 * SLOW_SECONDS)
    lines: list[Line] = []
    share(outrider.database, lines.append)
    for days in range(1, 20):
        await kept(outrider, f"overview {days}", rare, int)
    await kept(outrider, "overview 30", common, int)
    shelf = module._SHELVES[outrider.database]
    assert len(shelf.counted) == 20
    assert not shelf.first, "nobody waits any more"
    for _ in range(8):
        clock.advance(timedelta(days=1))
        await kept(outrider, "overview 30", common, int)
        await settled(outrider)
    assert [name for _, name in shelf.counted] == ["overview 30"]
    counts = rare.times
    anew = await kept(outrider, "overview 7", rare, int)
    assert (anew.as_of, rare.times) == (clock.now(), counts + 1)


async def test_what_others_counted_and_nobody_asked_for_in_a_week_is_dropped_too(
    outrider: Outrider, clock: VirtualClock
) -> None:
    async with another_process(outrider) as other:
        lines: list[Line] = []
        share(outrider.database, lines.append)
        adopt = share(other.database, lambda _: None)
        for days in (1, 2):
            await kept(outrider, f"overview {days}", Campaigns(2 * SLOW_SECONDS), int)
            clock.advance(timedelta(days=5))
        adopt(lines[0])
        late = lines[0].model_copy(update={"name": "overview 3", "as_of": clock.now()})
        adopt(lines[1])
        assert len(module._SHELVES[other.database].told) == 2
        adopt(late)
        assert [name for _, name in module._SHELVES[other.database].told] == [
            "overview 2",
            "overview 3",
        ]


def test_what_nobody_asked_for_in_a_week_is_told_to_no_new_process(
    home: Path, clock: VirtualClock
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        several = Processes(load(home=home), listener, 2, for_people=False)
        for name, day in (("overview 1", 0), ("overview 2", 6), ("overview 3", 8)):
            line = Line(
                workspace=WorkspaceId(UUID(int=7)),
                name=name,
                as_of=clock.now() + timedelta(days=day),
                seconds=1.0,
                value=day,
            )
            several._heard(1, Told(kept=line).line())
    assert [name for _, name in several._figures] == ["overview 2", "overview 3"]


async def test_one_workspace_never_sees_the_figure_of_another(
    outrider: Outrider, clock: VirtualClock
) -> None:
    count = Campaigns(2 * SLOW_SECONDS)
    await kept(outrider, "slow", count, int)
    other = outrider.within(WorkspaceId(UUID(int=7)))
    await kept(other, "slow", count, int)
    assert count.times == 2


@contextlib.asynccontextmanager
async def another_process(outrider: Outrider) -> AsyncIterator[Outrider]:
    """Outrider in a process of its own, as far as figures go: it has a `Database` of its own."""
    other = Database(outrider.database.owner, outrider.database.clock)
    yield dataclasses.replace(outrider, database=other)
    await other.close()


async def test_what_one_process_counted_every_other_knows(
    outrider: Outrider, clock: VirtualClock
) -> None:
    async with another_process(outrider) as other:
        lines: list[Line] = []
        share(outrider.database, lines.append)
        adopt = share(other.database, lines.append)
        count = Campaigns(2 * SLOW_SECONDS)
        first = await kept(outrider, "slow", count, int)
        adopt(Line.model_validate_json(lines[0].model_dump_json()))
        assert await kept(other, "slow", count, int) == first
        assert (count.times, len(lines)) == (1, 1)


async def test_an_older_count_of_another_process_replaces_no_newer_one(
    outrider: Outrider, clock: VirtualClock
) -> None:
    async with another_process(outrider) as other:
        lines: list[Line] = []
        share(other.database, lines.append)
        adopt = share(outrider.database, lambda _: None)
        count = Campaigns(2 * SLOW_SECONDS)
        await kept(other, "slow", count, int)
        await clock.sleep(timedelta(seconds=1))
        mine = await kept(outrider, "slow", count, int)
        adopt(lines[0])
        assert await kept(outrider, "slow", count, int) == mine


async def test_two_processes_do_not_count_the_same_figure_anew_at_the_same_time(
    outrider: Outrider, clock: VirtualClock
) -> None:
    async with another_process(outrider) as other:
        first = await kept(outrider, "slow", Campaigns(2 * SLOW_SECONDS), int)
        second = await kept(other, "slow", Campaigns(2 * SLOW_SECONDS), int)
        await clock.sleep(timedelta(seconds=max(first.seconds, second.seconds) * (REST + 1)))
        long, short = Campaigns(0), Campaigns(0)
        long.may_end.clear()
        await kept(outrider, "slow", long, int)
        while not long.times:
            await asyncio.sleep(0.01)
        await kept(other, "slow", short, int)
        await settled(other)
        assert short.times == 0
        long.may_end.set()
        await settled(outrider)
        assert long.times == 1


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (
            {UUID(int=5): Figures(emails=3, people={"active": 2}, due={1: 2}, steps={})},
            dict[UUID, Figures],
        ),
        ([Measured("drafts", (("status", "sent"),), 4.0)], list[Measured]),
    ],
)
async def test_a_figure_is_the_same_after_it_was_told(
    outrider: Outrider, value: Any, kind: Any
) -> None:
    async def count(tx: Tx) -> Any:
        await tx.run("select pg_sleep(:seconds)", {"seconds": 2 * SLOW_SECONDS})
        return value

    async with another_process(outrider) as other:
        lines: list[Line] = []
        share(outrider.database, lines.append)
        await kept(outrider, "slow", count, kind)
        share(other.database, lines.append)(Line.model_validate_json(lines[0].model_dump_json()))
        assert (await kept(other, "slow", count, kind)).value == value
