"""Sending switched off by a kill switch: nothing leaves, whatever is approved, until it is released."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.switches import set_switch
from outrider.sending import queue, send
from outrider.sending.types import OutboxStatus, Outgoing
from tests.sending_world import Wire, World, make_world, means


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(database, workspace, person)


async def switch(world: World, scope: str, target: str, *, is_on: bool) -> None:
    async with world.begin() as tx:
        await set_switch(tx, scope, target, is_on=is_on, reason="a complaint came in")


@pytest.mark.parametrize("scope", ["global", "workspace", "campaign", "mailbox"])
async def test_every_switch_stops_every_mail_and_its_release_lets_them_go(
    world: World, objects: Objects, scope: str
) -> None:
    target = {"campaign": str(world.campaign_id), "mailbox": str(world.mailbox.id)}.get(scope, "")
    await world.approved(5)
    await switch(world, scope, target, is_on=True)
    wire = Wire()
    report = await send.drain(means(world, objects, wire))
    assert wire.took == []
    assert report.sent == report.stopped == ()
    if scope == "workspace":
        assert "a complaint came in" in (report.halted_by or "")
    await switch(world, scope, target, is_on=False)
    assert len((await send.drain(means(world, objects, wire))).sent) == 5


async def test_what_was_queued_before_waits_with_the_reason(world: World, objects: Objects) -> None:
    await world.approved(3)
    async with world.begin() as tx:
        await queue.enqueue(tx)
    await switch(world, "workspace", "", is_on=True)
    report = await send.drain(means(world, objects, Wire()))
    assert [item.status for item in report.waiting] == [OutboxStatus.QUEUED] * 3
    assert {item.reason for item in report.waiting} == {report.halted_by}


@pytest.mark.parametrize("lanes", [1, 4])
async def test_a_switch_stops_a_batch_under_way_after_the_mails_at_the_wire(
    world: World, objects: Objects, lanes: int
) -> None:
    await world.approved(40)
    wire = Wire()
    flipped: list[int] = []

    async def flip(mail: Outgoing) -> None:
        if len(wire.took) >= 5 and not flipped:
            flipped.append(len(wire.took))
            await switch(world, "workspace", "", is_on=True)
        await asyncio.sleep(0.01)

    wire.before = flip
    look = timedelta(milliseconds=20)
    report = await send.drain(means(world, objects, wire, lanes=lanes, fresh=look))
    # A lane that has just looked may go on for as long as its look is fresh: three mails of 10 ms.
    assert 5 < len(wire.took) <= flipped[0] + 3 * lanes
    assert "a complaint came in" in (report.halted_by or "")
    async with world.begin() as tx:
        rows = await tx.rows("select status, count(*) as n from outbox group by status")
    assert {row["status"]: row["n"] for row in rows} == {
        "sent": len(wire.took),
        "queued": 40 - len(wire.took),
    }
