"""A campaign whose answers drop is halted with its reason; a person lets it go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from outrider.campaigns.types import CampaignId
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.switches import halted, set_switch
from outrider.sending import send
from outrider.sending.health import drop
from outrider.sending.health.drop import Written
from outrider.sending.health.evalue import Look
from tests.sending_world import Wire, World, make_world, means


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(database, workspace, person)


def written(start: datetime, many: int, answers: int) -> list[Written]:
    """People who were written to within a day, and how many of them answered within a day."""
    return [
        Written(at := start + timedelta(minutes=n), at + timedelta(days=1) if n < answers else None)
        for n in range(many)
    ]


async def looked(world: World, people: Sequence[Written]) -> Look | None:
    async with world.begin() as tx:
        return await drop.look(tx, CampaignId(world.campaign_id), people)


async def reason(world: World) -> str | None:
    async with world.begin() as tx:
        switch = await halted(tx, [("campaign", str(world.campaign_id))])
    return switch.reason if switch else None


async def test_the_whole_story(world: World, objects: Objects, clock: VirtualClock) -> None:
    start = clock.now()
    people = written(start, 600, 60)
    assert await looked(world, people) is None  # nobody had the time to answer yet
    await clock.sleep(timedelta(days=8))
    begun = await looked(world, people)
    assert begun is not None
    assert begun.evidence == 1.0
    people += written(clock.now(), 300, 27)
    await clock.sleep(timedelta(days=8))
    usual = await looked(world, people)
    assert usual is not None
    assert not usual.is_alarm
    people += written(clock.now(), 700, 0)
    await clock.sleep(timedelta(days=6))
    assert not (await looked(world, people) or usual).is_alarm  # they still have a day
    assert await reason(world) is None
    await clock.sleep(timedelta(days=3))
    seen = await looked(world, people)
    assert seen is not None
    assert seen.is_alarm
    told = await reason(world)
    assert told is not None
    assert "answers dropped from 10.0 % of 600 people to 0.0 % of 700" in told
    assert "at most 1 %" in told

    wire = Wire()
    await world.approved(1)
    assert not (await send.drain(means(world, objects, wire))).sent
    assert not wire.took

    async with world.begin() as tx:
        await set_switch(tx, "campaign", str(world.campaign_id), is_on=False, reason="looked at")
    again = await looked(world, people)
    assert again is not None
    assert again.evidence == 1.0  # what is normal now is the new baseline
    assert await reason(world) is None


async def test_no_watch_begins_on_too_little(world: World, clock: VirtualClock) -> None:
    people = written(clock.now(), 99, 50)
    await clock.sleep(timedelta(days=8))
    assert await looked(world, people) is None
    assert await looked(world, written(clock.now() - timedelta(days=9), 500, 4)) is None


async def test_a_late_answer_counts_neither_before_nor_after(
    world: World, clock: VirtualClock
) -> None:
    start = clock.now()
    late = [Written(start, start + timedelta(days=9))] * 200
    await clock.sleep(timedelta(days=10))
    assert await looked(world, late) is None
