"""What is queued has its time and its reason; the preview shows the same before it happens."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from outrider.campaigns.types import CampaignId
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.errors import Conflict, InvalidInput
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.prospects import touch
from outrider.prospects.types import Channel, Direction, Touch
from outrider.sending import mailboxes, queue
from outrider.sending.pacing import facts, forms, rules
from outrider.sending.pacing.forms import Words
from outrider.sending.pacing.pace import set_pace
from outrider.sending.pacing.preview import preview
from outrider.sending.pacing.rotate import choose, share
from outrider.sending.pacing.types import Why
from outrider.sending.types import DayPlan, MailboxId, OutboxItem, OutboxStatus, Pacing
from tests.sending_world import FORM, World, make_world

PACE = Pacing(day=DayPlan(timezone="America/New_York"))
DENVER = ZoneInfo("America/Denver")
BOSTON = ZoneInfo("America/New_York")
QUARTER, NOTHING = Decimal("0.25"), Decimal(0)
TWO_GAPS = timedelta(seconds=2 * 90 + 90)
TODAY = date(2026, 3, 2)


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    """A workspace whose one mailbox is in New York and writes 40 mails a day."""
    world = await make_world(database, workspace, person, FORM.model_copy(update={"daily_cap": 40}))
    async with world.begin() as tx:
        return replace(world, mailbox=await set_pace(tx, world.mailbox, PACE))


async def in_denver(world: World) -> None:
    async with world.begin() as tx:
        await tx.run("update outrider.contacts set timezone = 'America/Denver'")


async def enqueued(world: World) -> list[OutboxItem]:
    async with world.begin() as tx:
        await queue.enqueue(tx)
        rows = await tx.rows("select * from outrider.outbox order by not_before, id")
        return [
            OutboxItem.model_validate({k: row[k] for k in OutboxItem.model_fields}) for row in rows
        ]


async def test_each_mail_that_is_queued_has_a_time_within_both_hours_and_a_reason(
    world: World,
) -> None:
    await world.approved(3)
    await in_denver(world)
    items = await enqueued(world)
    for item in items:
        assert item.status is OutboxStatus.QUEUED
        local = item.not_before.astimezone(DENVER)
        assert time(9) <= local.time() < time(17)
        assert item.reason is not None
        assert item.reason.startswith(f"waits for Mon {local:%H:%M} in Denver: ")
    for before, after in pairwise(items):
        assert after.not_before - before.not_before >= timedelta(seconds=90)


async def test_a_batch_that_comes_later_respects_what_was_planned_before(world: World) -> None:
    await world.approved(30)
    await enqueued(world)
    await world.approved(30)
    items = await enqueued(world)
    days = [item.not_before.astimezone(BOSTON).date() for item in items]
    assert len(items) == 60
    assert max(days.count(day) for day in days) == 40
    for before, after in pairwise(items):
        assert after.not_before - before.not_before >= timedelta(seconds=90)


async def test_two_that_queue_at_the_same_moment_do_not_give_out_the_same_times(
    world: World,
) -> None:
    await world.approved(24)

    async def some() -> None:
        async with world.begin() as tx:
            await queue.enqueue(tx, 8)

    await asyncio.gather(some(), some(), some())
    items = await enqueued(world)
    assert len(items) == 24
    for before, after in pairwise(items):
        assert after.not_before - before.not_before >= timedelta(seconds=90)


async def test_a_mailbox_without_a_pace_plans_nothing(world: World) -> None:
    async with world.begin() as tx:
        await set_pace(tx, world.mailbox, None)
        now = tx.now
    await world.approved(3)
    assert {(item.not_before, item.reason) for item in await enqueued(world)} == {(now, None)}


async def test_the_preview_shows_exactly_the_times_that_queueing_gives_and_writes_nothing(
    world: World,
) -> None:
    await world.approved(50)
    await in_denver(world)
    async with world.begin() as tx:
        before = await preview(tx)
        assert await tx.row("select 1 from outrider.outbox") is None
    assert {one.status for one in before} == {"approved"}
    assert {(one.zone, one.told_by) for one in before} == {("America/Denver", "explicit")}
    items = await enqueued(world)
    assert {(one.draft_id, one.at, one.reason) for one in before} == {
        (item.draft_id, item.not_before, item.reason) for item in items
    }
    async with world.begin() as tx:
        after = await preview(tx)
    assert [(one.draft_id, one.at) for one in after] == [(one.draft_id, one.at) for one in before]


async def test_who_a_colleague_just_called_is_left_alone_and_the_reason_says_so(
    world: World,
) -> None:
    (ready,) = await world.approved(1)
    async with world.begin() as tx:
        row = await tx.row(
            "select account_id from outrider.contacts where id = :id", {"id": ready.contact_id}
        )
        assert row is not None
        call = Touch(
            account_id=row["account_id"], contact_id=ready.contact_id, channel=Channel.CRM,
            direction=Direction.OUT, reference="call 1", at=tx.now - timedelta(hours=1),
        )  # fmt: skip
        await touch.record(tx, [call])
        now = tx.now
    (item,) = await enqueued(world)
    assert item.not_before >= now + timedelta(days=2)
    assert item.reason is not None
    assert "a colleague was in touch with this person" in item.reason


async def test_the_last_look_keeps_gap_and_cap_for_a_batch_that_is_overdue(
    world: World, clock: VirtualClock
) -> None:
    await world.approved(5)
    items = await enqueued(world)
    clock.advance(timedelta(days=2, hours=4))
    async with world.begin() as tx:
        found = await facts.gather(tx, world.mailbox, items, {})
        waits = [rules.may_go_now(found[item.id], tx.now) for item in items]
    assert waits[0] is None
    untils = [wait.until for wait in waits if wait]
    assert [wait.why for wait in waits if wait] == [Why.GAP] * 4
    for before, after in pairwise([clock.now(), *untils]):
        assert after - before >= timedelta(seconds=90)


@pytest.mark.parametrize("back", [timedelta(seconds=30), timedelta(hours=1), timedelta(days=300)])
async def test_a_clock_that_is_put_back_holds_nobody_up_for_longer_than_two_gaps(
    world: World, clock: VirtualClock, back: timedelta
) -> None:
    await world.approved(2)
    first, second = await enqueued(world)
    clock.advance(second.not_before - clock.now())
    async with world.begin() as tx:
        await tx.run(
            "update outrider.outbox set status = 'sent', handed_off_at = :now, sent_at = :now,"
            " claimed_at = :now where id = :id",
            {"id": first.id, "now": tx.now},
        )
    clock.advance(-back)
    async with world.begin() as tx:
        found = await facts.gather(tx, world.mailbox, [second], {})
        wait = rules.may_go_now(found[second.id], tx.now)
        assert wait is None or wait.why is not Why.GAP or wait.until - tx.now <= TWO_GAPS
        assert found[second.id].used_today == (1 if back < timedelta(days=1) else 0)


async def test_what_health_leaves_of_a_cap_is_what_is_planned(world: World) -> None:
    await world.approved(6)
    items = await enqueued(world)
    async with world.begin() as tx:
        found = await facts.gather(tx, world.mailbox, items, {}, QUARTER)
    assert {rules.cap_on(one.terms, tx.now.date()) for one in found.values()} == {10}


async def test_new_people_are_shared_evenly_by_what_each_mailbox_may_send(world: World) -> None:
    async with world.begin() as tx:
        form = FORM.model_copy(update={"address": "ann@try-brand.example", "daily_cap": 20})
        small = await mailboxes.add(tx, form)
        campaign = CampaignId(world.campaign_id)
        owners = await choose(tx, campaign, [world.mailbox, small], 30)
        assert owners.count(world.mailbox.id) == 20
        assert owners.count(small.id) == 10
        weak = await choose(tx, campaign, [world.mailbox, small], 30, {world.mailbox.id: NOTHING})
        assert set(weak) == {small.id}
        with pytest.raises(Conflict, match="No mailbox may send"):
            await choose(tx, campaign, [world.mailbox], 1, {world.mailbox.id: NOTHING})


def test_a_mailbox_that_has_more_people_already_gets_fewer() -> None:
    one, other = MailboxId(UUID(int=1)), MailboxId(UUID(int=2))
    assert share({one: 10, other: 10}, {one: 4}, 6).count(other) == 5


def test_a_pace_is_what_a_person_said() -> None:
    said = Words(ramp="gentle", gap="5m", hours="9:00-16:30", zone="America/Denver")
    pace = forms.parse(said, TODAY)
    assert pace is not None
    assert pace.day is not None
    assert (pace.ramp, pace.ramp_started_on, pace.min_gap_seconds) == ("gentle", TODAY, 300)
    assert (pace.day.start, pace.day.end, pace.day.timezone) == (
        time(9), time(16, 30), "America/Denver",
    )  # fmt: skip
    # A later word changes its own part alone, and a ramp goes on from where it began.
    later = forms.parse(Words(gap="2m", ramp="gentle"), TODAY + timedelta(days=9), pace)
    assert later == pace.model_copy(update={"min_gap_seconds": 120})
    assert forms.parse(Words(pacing="none"), TODAY, pace) is None
    assert forms.parse(Words(), TODAY, pace) == pace


@pytest.mark.parametrize(
    "words",
    [
        Words(pacing="fast"),
        Words(pacing="none", gap="5m"),
        Words(ramp="rocket"),
        Words(gap="soon"),
        Words(gap="2000h"),
        Words(hours="17:30-8:30"),
        Words(hours="25:00-26:00"),
        Words(hours="morning"),
        Words(zone="Mars/Olympus"),
    ],
)
def test_a_word_that_cannot_be_used_is_named_with_the_way_out(words: Words) -> None:
    with pytest.raises(InvalidInput, match=r"give|choose|leave"):
        forms.parse(words, TODAY)
