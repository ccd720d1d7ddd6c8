"""A cap of zero, no steps, a server that is down for an hour, a clock that jumps: told, and nothing lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import URL

from outrider.agents import run as agents
from outrider.agents.types import ActionKind, RunRequest
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending import queue, send
from outrider.sending.pacing.pace import set_pace
from outrider.sending.types import Delivery, DeliveryResult, Outgoing, Pacing
from tests.outreach import open_office, people
from tests.program import Program, plain_sentence
from tests.sending_world import Wire, World, make_world, means

PACE = Pacing(min_gap_seconds=90, day=None, recipient_window=False)
DOWN = DeliveryResult(
    delivery=Delivery.TRY_LATER,
    answer="The mail server mail.example:587 cannot be used: nothing listens there.",
    is_transport_down=True,
)


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    return await make_world(database, workspace, person)


async def capped(world: World, cap: int, pacing: Pacing | None) -> World:
    async with world.begin() as tx:
        box = world.mailbox.model_copy(update={"daily_cap": cap})
        return replace(world, mailbox=await set_pace(tx, box, pacing))


async def standing(world: World) -> Counter[str]:
    async with world.begin() as tx:
        return Counter(row["status"] for row in await tx.rows("select status from outbox"))


async def sent_once(world: World, wire: Wire, many: int) -> None:
    """Every mail left, and none twice."""
    assert await standing(world) == {"sent": many}
    assert len(wire.took) == len({mail.message_id for mail in wire.took}) == many


@pytest.mark.parametrize("pacing", [None, PACE])
async def test_a_cap_of_zero_holds_every_mail_says_so_and_loses_none(
    world: World, objects: Objects, clock: VirtualClock, pacing: Pacing | None
) -> None:
    world = await capped(world, 0, pacing)
    await world.approved(3)
    wire = Wire()
    for _ in range(3):
        await send.drain(means(world, objects, wire))
        clock.advance(timedelta(days=1, minutes=1))
    assert wire.took == []
    assert await standing(world) == {"queued": 3}
    async with world.begin() as tx:
        for row in await tx.rows("select reason from outbox"):
            assert "sam@try-brand.example" in row["reason"]
            assert "0 mails" in row["reason"] or "may send no mail" in row["reason"]
    world = await capped(world, 40, pacing)
    for _ in range(5):
        await send.drain(means(world, objects, wire))
        clock.advance(timedelta(days=1, minutes=1))
    await sent_once(world, wire, 3)


async def test_an_agent_plans_nobody_for_a_mailbox_with_a_cap_of_zero_and_says_why(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> None:
    office = await open_office(database, workspace, clock, objects, people("Acme Stores", "CFO"))
    await office.run_sql("update mailboxes set daily_cap = 0")
    report = await agents.run("sdr", RunRequest(campaign="Leases"), office.env())
    (told,) = report.of(ActionKind.SKIPPED)
    assert told.text == (
        "1 new account is left for later: the daily cap of sam@try-brand.example is 0, so it may "
        "send nothing"
    )
    assert await office.rows("select id from enrollments") == []


def test_a_sequence_without_steps_is_refused_in_one_sentence(
    home: Path, owner_url: URL, tmp_path: Path
) -> None:
    program = Program(home, owner_url)
    program.run("campaign", "create", "Leases", "--brand", "Brand", "--context", "We sell leases.")
    for text in ("", "steps = []\n", "[pacing]\ngap_days = 2\n"):
        file = tmp_path / "steps.toml"
        file.write_text(text)
        said = plain_sentence(program.run("sequence", "set", str(file), "--campaign", "Leases"))
        assert "step" in said
    assert len(program.run("sequence", "history", "Leases", "--json").items) == 1


async def test_a_server_that_is_down_for_an_hour_gets_every_mail_once_when_it_is_back(
    world: World, objects: Objects, clock: VirtualClock
) -> None:
    await world.approved(20)
    wire = Wire([DOWN] * 12)
    for _ in range(12):
        report = await send.drain(means(world, objects, wire))
        assert wire.took == []
        assert {item.reason for item in report.waiting} == {DOWN.answer}
        clock.advance(timedelta(minutes=5))
    # An hour of trouble with a server is no fault of a mail: none has used up an attempt.
    async with world.begin() as tx:
        assert {row["attempts"] for row in await tx.rows("select attempts from outbox")} == {0}
    await send.drain(means(world, objects, wire))
    await sent_once(world, wire, 20)


@pytest.mark.parametrize("jump", [timedelta(days=3), timedelta(hours=-2), timedelta(days=-30)])
async def test_a_clock_that_jumps_sends_nothing_twice_and_keeps_gap_and_cap(
    world: World, objects: Objects, clock: VirtualClock, jump: timedelta
) -> None:
    world = await capped(world, 10, PACE)
    await world.approved(15)
    async with world.begin() as tx:
        await queue.enqueue(tx)
    left: list[tuple[int, object]] = []

    async def note(mail: Outgoing) -> None:
        left.append((len(left), clock.now()))

    wire = Wire(before=note)
    for minute in range(60):
        if minute == 5:
            clock.advance(jump)
        await send.drain(means(world, objects, wire))
        clock.advance(timedelta(minutes=1))
    for _ in range(40 if jump < timedelta() else 4):
        clock.advance(timedelta(hours=20))
        for _ in range(12):
            await send.drain(means(world, objects, wire))
            clock.advance(timedelta(minutes=2))
    await sent_once(world, wire, 15)
    async with world.begin() as tx:
        rows = await tx.rows("select handed_off_at from outbox order by handed_off_at")
    times = [row["handed_off_at"] for row in rows]
    assert max(Counter(at.date() for at in times).values()) <= 10
    if jump > timedelta():
        assert all(after - before >= timedelta(seconds=90) for before, after in pairwise(times))
