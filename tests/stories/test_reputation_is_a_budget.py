"""When mails bounce, fewer are planned for tomorrow and the reason is shown; when it heals, slowly more."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from outrider.app.views.schedule import schedule
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending import mailboxes, queue, send
from outrider.sending.health import bands, notes
from outrider.sending.health.types import Band
from outrider.sending.pacing.pace import set_pace
from outrider.sending.types import OutboxItem, Pacing
from tests.sending_world import Wire, World, make_world, means

PACE = Pacing(min_gap_seconds=60, day=None, recipient_window=False)
TOMORROW = date(2026, 3, 3)
CAP = 40


@pytest.fixture
async def world(
    database: Database, workspace: WorkspaceId, person: PersonId, objects: Objects
) -> World:
    """A mailbox that has sent sixty mails and has a hundred more planned, forty a day."""
    world = await make_world(database, workspace, person)
    await world.approved(60)
    assert len((await send.drain(means(world, objects, Wire()))).sent) == 60
    async with world.begin() as tx:
        capped = world.mailbox.model_copy(update={"daily_cap": CAP})
        world = replace(world, mailbox=await set_pace(tx, capped, PACE))
    await world.approved(100)
    async with world.begin() as tx:
        await queue.enqueue(tx)
    return world


async def planned(world: World) -> tuple[Counter[date], list[str]]:
    """Mails by day, as the preview shows them, and the reasons of those that wait for a cap."""
    async with world.begin() as tx:
        found = await schedule(tx)
    days = Counter(date.fromisoformat(item["at"][:10]) for item in found["items"])
    return days, [item["reason"] or "" for item in found["items"]]


async def bounce(world: World, many: int) -> None:
    """So many of the oldest mails come back for good."""
    async with world.begin() as tx:
        rows = await tx.rows(
            "select id from outbox where status = 'sent' order by id limit :many", {"many": many}
        )
        sent = {item.id: item for item in await items(world)}
        for row in rows:
            await notes.note_answer(tx, sent[row["id"]], "550", "5.1.1 No such user here")


async def items(world: World) -> list[OutboxItem]:
    async with world.begin() as tx:
        rows = await tx.rows("select * from outbox")
    return [OutboxItem.model_validate({k: r[k] for k in OutboxItem.model_fields}) for r in rows]


async def test_bounces_shrink_the_plan_of_tomorrow_and_the_preview_says_why(world: World) -> None:
    before, _ = await planned(world)
    assert before[TOMORROW] == CAP
    await bounce(world, 2)
    after, reasons = await planned(world)
    assert after[TOMORROW] == 16
    assert after.total() == before.total()
    assert any("16 a day instead of 40: its reputation suffers" in one for one in reasons)
    async with world.begin() as tx:
        (mailbox,) = (await schedule(tx))["mailboxes"]
        assert "2 of 62 mails bounced hard" in mailbox["health"]
        # What the preview shows is what the next round of sending writes down.
        assert await queue.follow_health(tx) > 0
        assert await queue.follow_health(tx) == 0
        rows = await tx.rows("select not_before, reason from outbox where status = 'queued'")
        assert await bands.to_plan_anew(tx) == []
    assert Counter(row["not_before"].date() for row in rows) == after


async def test_health_that_returns_raises_the_plan_step_by_step(
    world: World, objects: Objects, clock: VirtualClock
) -> None:
    await bounce(world, 2)
    wire, found = Wire(), list[tuple[Band, int]]()
    for _ in range(24 * 16):
        clock.advance(timedelta(hours=1))
        async with world.begin() as tx:
            await bands.look_at_all(tx)
            standing = (await bands.standing(tx, [world.mailbox.id]))[world.mailbox.id]
        if clock.now().hour % 6 == 0 and clock.now().hour:
            await world.approved(4)
        await send.drain(means(world, objects, wire))
        days, _ = await planned(world)
        next_day = clock.now().date() + timedelta(days=1)
        if not found or found[-1][0] is not standing.band:
            found.append((standing.band, days[next_day]))
    assert [band for band, _ in found] == [Band.SLOW, Band.WATCH, Band.GOOD]
    assert found[0][1] == 16
    async with world.begin() as tx:
        rows = await tx.rows(
            "select handed_off_at::date as day, count(*) as n from outbox"
            " where handed_off_at is not null group by 1 order by 1"
        )
    sent = [row["n"] for row in rows][1:]
    assert max(sent) <= CAP
    assert sent[0] == 16
    # No day sends more than the band of the day before allowed by more than one step of the table.
    assert all(later <= max(16, 30 if early <= 16 else CAP) for early, later in pairwise(sent))


@pytest.mark.parametrize("cap", [10, 0, 60])
async def test_a_cap_that_a_person_changes_moves_what_was_planned(world: World, cap: int) -> None:
    before, _ = await planned(world)
    async with world.begin() as tx:
        form = mailboxes.form_of(world.mailbox).model_copy(update={"daily_cap": cap})
        await mailboxes.add(tx, form, replace=True)
    after, reasons = await planned(world)
    stored = Counter(item.not_before.date() for item in await items(world) if not item.sent_at)
    assert after.total() == before.total() == 100
    if cap == 0:
        assert all("may send no mail today" in one for one in reasons)
    else:
        assert after == stored
        assert after[TOMORROW] == cap
        assert max(after.values()) == cap


async def test_a_pace_that_a_person_changes_moves_what_was_planned(world: World) -> None:
    slow = Pacing(min_gap_seconds=3600, day=None, recipient_window=False)
    async with world.begin() as tx:
        await set_pace(tx, world.mailbox, slow)
    times = sorted(item.not_before for item in await items(world) if not item.sent_at)
    assert all(later - one >= timedelta(hours=1) for one, later in pairwise(times))
