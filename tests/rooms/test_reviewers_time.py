"""Who is asked is somebody who is there: hours, roles, and stand-ins of stand-ins."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from outrider.drafts.review import calendar, hours
from outrider.drafts.review.types import DayHours, WorkingTime
from outrider.kernel import access
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind
from outrider.kernel.errors import Conflict, InvalidInput, NotAllowed, OutriderError
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.clock_world import OFFICE, ClockWorld, actor, clock_world

BERLIN = WorkingTime(timezone="Europe/Berlin")
DAY = timedelta(days=1)


@pytest.fixture
async def world(
    home: Path, clock: VirtualClock, database: Database, workspace: WorkspaceId
) -> ClockWorld:
    """Three approvers."""
    world = clock_world(home, clock, database, workspace)
    for name in ("ann", "bob", "eve"):
        await world.person(name)
    return world


async def hand_over(
    world: ClockWorld, person: PersonId, to: PersonId, days: int = 1, *, by: PersonId | None = None
) -> None:
    async with world.outrider.begin(actor(by or person))() as tx:
        await calendar.delegate(tx, person, to, tx.now, tx.now + days * DAY)


async def asked(world: ClockWorld, assigned: str | None) -> tuple[set[str], str | None]:
    async with world.outrider.begin()() as tx:
        found = await calendar.responsible_for(tx, assigned)
    return {one.email.partition("@")[0] for one in found.people}, found.why


async def test_a_role_that_nobody_holds_falls_to_an_admin_and_then_to_anyone_who_may_decide(
    world: ClockWorld,
) -> None:
    await world.person("viv", "viewer")
    everybody = {"ann", "bob", "eve"}
    assert await asked(world, None) == (everybody, None)
    assert await asked(world, "approver") == (everybody, None)
    why = "Nobody here is campaign manager, so anyone who may decide can."
    assert await asked(world, "campaign_manager") == (everybody, why)
    await world.person("dora", "admin")
    why = "Nobody here is campaign manager, so it is for the admin."
    assert await asked(world, "campaign_manager") == ({"dora"}, why)
    why = "The person it was for may not decide here, so it is for the admin."
    assert await asked(world, "gone@brand.example") == ({"dora"}, why)
    assert await asked(world, "viv@brand.example") == ({"dora"}, why)
    await world.person("cleo", "campaign_manager")
    assert await asked(world, "campaign_manager") == ({"cleo"}, None)
    assert await asked(world, "Bob@Brand.example") == ({"bob"}, None)


async def test_stand_ins_of_stand_ins_are_followed_to_who_is_there(world: ClockWorld) -> None:
    ann, bob, eve = (world.people[name] for name in ("ann", "bob", "eve"))
    await hand_over(world, ann, bob)
    await hand_over(world, bob, eve)
    assert await asked(world, "ann@brand.example") == ({"eve"}, None)
    assert await asked(world, "approver") == ({"eve"}, None)
    async with world.outrider.begin()() as tx:
        assert set(await calendar.stands_in_for(tx, eve, tx.now)) == {ann, bob}
        assert await calendar.stands_in_for(tx, bob, tx.now) == (ann,)
        assert await calendar.stands_in_for(tx, eve, tx.now + 2 * DAY) == ()
    world.clock.advance(DAY)
    assert await asked(world, "ann@brand.example") == ({"ann"}, None)


async def test_a_stand_in_who_may_decide_no_more_stands_in_for_nobody(world: ClockWorld) -> None:
    ann, bob = world.people["ann"], world.people["bob"]
    await hand_over(world, ann, bob)
    async with world.outrider.begin(SYSTEM)() as tx:
        await access.change_role(tx, bob, "viewer")
    assert await asked(world, "ann@brand.example") == ({"ann"}, None)
    async with world.outrider.begin()() as tx:
        assert await calendar.stands_in_for(tx, bob, tx.now) == ()


async def test_who_is_back_is_asked_again(world: ClockWorld) -> None:
    ann, bob = world.people["ann"], world.people["bob"]
    await hand_over(world, ann, bob, days=5)
    async with world.outrider.begin(actor(ann))() as tx:
        await calendar.delegate(tx, ann, bob, tx.now + 9 * DAY, tx.now + 10 * DAY)
    world.clock.advance(DAY)
    async with world.outrider.begin(actor(ann))() as tx:
        assert await calendar.come_back(tx, ann) == 2
        assert await calendar.come_back(tx, ann) == 0
    assert await asked(world, "ann@brand.example") == ({"ann"}, None)
    world.clock.advance(8 * DAY + timedelta(hours=1))
    assert await asked(world, "ann@brand.example") == ({"ann"}, None)
    # Whoever decided in that time still had the right to.
    async with world.outrider.begin()() as tx:
        then = tx.now - 9 * DAY
        assert await calendar.stands_in_for(tx, bob, then) == (ann,)


async def test_stand_ins_never_make_a_circle(world: ClockWorld) -> None:
    ann, bob, eve = (world.people[name] for name in ("ann", "bob", "eve"))
    await hand_over(world, ann, bob)
    await hand_over(world, bob, eve)
    with pytest.raises(Conflict, match="Ann is away in that time, and Eve stands in"):
        await hand_over(world, eve, ann)
    # After they are back it is none.
    async with world.outrider.begin(actor(eve))() as tx:
        await calendar.delegate(tx, eve, ann, tx.now + DAY, tx.now + 2 * DAY)


async def test_two_who_name_each_other_at_the_same_moment_make_no_circle(
    world: ClockWorld,
) -> None:
    ann, bob = world.people["ann"], world.people["bob"]
    results = await asyncio.gather(
        hand_over(world, ann, bob), hand_over(world, bob, ann), return_exceptions=True
    )
    assert sorted(type(item).__name__ for item in results) == ["Conflict", "NoneType"]


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        (0, 0, "is no absence"),
        (2, 1, "is no absence"),
        (-5, -1, "is no absence"),
        (0, 400, "at most a year"),
    ],
)
async def test_an_absence_that_makes_no_sense_is_refused(
    world: ClockWorld, start: int, end: int, sentence: str
) -> None:
    ann, bob = world.people["ann"], world.people["bob"]
    async with world.outrider.begin(actor(ann))() as tx:
        with pytest.raises(InvalidInput, match=sentence):
            await calendar.delegate(tx, ann, bob, tx.now + start * DAY, tx.now + end * DAY)


async def test_only_who_may_decide_stands_in_and_never_for_oneself(world: ClockWorld) -> None:
    viv = await world.person("viv", "viewer")
    ann = world.people["ann"]
    stranger = PersonId(UUID(int=1))
    refused: list[tuple[PersonId, type[OutriderError], str]] = [
        (viv, NotAllowed, "Viv may not decide here"),
        (stranger, NotAllowed, "may not decide here"),
        (ann, InvalidInput, "Ann cannot stand in for Ann"),
    ]
    for who, error, sentence in refused:
        with pytest.raises(error, match=sentence):
            await hand_over(world, ann, who)


async def test_only_oneself_and_an_admin_say_when_somebody_works(world: ClockWorld) -> None:
    ann, bob = world.people["ann"], world.people["bob"]
    dora = await world.person("dora", "admin")
    with pytest.raises(NotAllowed, match="Only Ann or an admin says when Ann works"):
        await hand_over(world, ann, bob, by=bob)
    for who, allowed in ((bob, False), (ann, True), (dora, True)):
        async with world.outrider.begin(actor(who))() as tx:
            try:
                await calendar.set_working_time(tx, ann, BERLIN)
            except NotAllowed:
                assert not allowed
            else:
                assert allowed
    async with world.outrider.begin(Actor(ActorKind.AGENT, "sdr"))() as tx:
        with pytest.raises(NotAllowed, match="agent sdr may not say when people work"):
            await calendar.set_working_time(tx, ann, BERLIN)


async def test_a_review_for_a_role_counts_whenever_one_of_its_people_works(
    world: ClockWorld,
) -> None:
    await world.person("kim", "approver", BERLIN)
    # 15:00 UTC on a Monday: 10:00 in New York, 16:00 in Berlin.
    start = datetime(2026, 3, 2, 22, tzinfo=UTC)
    async with world.outrider.begin()() as tx:
        alone = await calendar.working_time_for(tx, "ann@brand.example")
        together = await calendar.working_time_for(tx, "approver")
    four = timedelta(hours=4)
    assert hours.add_business_time(start, four, alone) == datetime(2026, 3, 3, 18, tzinfo=UTC)
    # Berlin opens at 8:00 UTC.
    assert hours.add_business_time(start, four, together) == datetime(2026, 3, 3, 12, tzinfo=UTC)


async def test_who_stands_in_has_their_own_hours(world: ClockWorld) -> None:
    kim = await world.person("kim", "approver", BERLIN)
    await hand_over(world, world.people["ann"], kim)
    async with world.outrider.begin()() as tx:
        assert await calendar.working_time_for(tx, "ann@brand.example") == (BERLIN,)


async def test_hours_are_kept_and_replaced(world: ClockWorld) -> None:
    ann = world.people["ann"]
    part = WorkingTime(
        timezone="Asia/Kathmandu",
        week=(
            DayHours(day=5, start=time(14), end=time.min),
            DayHours(day=5, start=time(9), end=time(12)),
        ),
        holidays="np",
    )
    async with world.outrider.begin(actor(ann))() as tx:
        kept = await calendar.set_working_time(tx, ann, part)
    async with world.outrider.begin()() as tx:
        assert await calendar.working_time_of(tx, ann) == kept
        rows = await tx.rows(
            "select 1 from outrider.working_times where person_id = :p", {"p": ann}
        )
    assert len(rows) == 1
    assert [one.start.hour for one in kept.week] == [9, 14]
    assert kept.holidays == "NP"
    # The log has no more than that they changed.
    for event in await world.events("drafts.set_hours"):
        assert list(event["body"]) == ["hours_sha256"]


async def test_a_workspace_without_anybody_has_the_hours_of_an_office(
    home: Path, clock: VirtualClock, database: Database, workspace: WorkspaceId
) -> None:
    world = clock_world(home, clock, database, workspace)
    async with world.outrider.begin()() as tx:
        assert await calendar.working_time_for(tx, None) == (WorkingTime(),)
    assert WorkingTime() != OFFICE
