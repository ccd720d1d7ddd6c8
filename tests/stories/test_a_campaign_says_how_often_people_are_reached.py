"""A campaign's own touch policy holds when a mail is planned, when it leaves, and the reason is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL

from outrider.app.views.schedule import schedule
from outrider.campaigns import create, sequences
from outrider.campaigns.types import Campaign
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.errors import InvalidInput
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.prospects import read as prospects
from outrider.prospects import touch
from outrider.prospects.types import AccountId, Channel, ContactId, Direction, Touch
from outrider.sending import queue, send
from outrider.sending.pacing import touching
from outrider.sending.pacing.pace import set_pace
from outrider.sending.types import Pacing
from tests.program import Program, plain_sentence
from tests.sending_world import Ready, Wire, World, make_world, means

PACE = Pacing(min_gap_seconds=0, day=None, recipient_window=False)
"""A pace in which only touches make a mail wait."""


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    world = await make_world(database, workspace, person)
    async with world.begin() as tx:
        return replace(world, mailbox=await set_pace(tx, world.mailbox, PACE))


async def called(world: World, ready: Ready, ago: timedelta) -> None:
    """Somebody of us called the person."""
    async with world.begin() as tx:
        row = await tx.row(
            "select account_id from contacts where id = :id", {"id": ready.contact_id}
        )
        assert row is not None
        call = Touch(
            account_id=row["account_id"], contact_id=ready.contact_id, channel=Channel.CALL,
            direction=Direction.OUT, reference=f"call {ago}", at=tx.now - ago,
        )  # fmt: skip
        await touch.record(tx, [call])


async def say(world: World, **numbers: int) -> Campaign:
    """Give the campaign a policy, for those in flight too."""
    async with world.begin() as tx:
        campaign = await create.find(tx, str(world.campaign_id))
        steps = (await sequences.newest(tx, campaign)).steps
        await sequences.adopt(tx, campaign, steps, numbers, in_flight=True)
        return campaign


async def planned(world: World) -> tuple[str, str]:
    """When the only mail shall leave, and why then, as the preview shows it."""
    async with world.begin() as tx:
        (item,) = (await schedule(tx))["items"]
        return item["at"][:10], item["reason"] or ""


async def test_the_standard_policy_waits_for_two_business_days_after_a_call(world: World) -> None:
    (ready,) = await world.approved(1)
    await called(world, ready, timedelta(hours=1))
    day, reason = await planned(world)
    assert day == "2026-03-04"
    assert "this person was reached by phone on 2026-03-02" in reason


async def test_a_campaign_that_says_more_days_waits_longer_and_one_that_says_less_does_not(
    world: World, objects: Objects
) -> None:
    (ready,) = await world.approved(1)
    await called(world, ready, timedelta(hours=1))
    await say(world, gap_days=5)
    day, reason = await planned(world)
    assert day == "2026-03-09"
    assert "5 business days must pass between two touches" in reason
    await say(world, person_touches=4, gap_days=0)
    assert await planned(world) == ("2026-03-02", "")
    wire = Wire()
    await send.drain(means(world, objects, wire))
    assert len(wire.took) == 1


async def test_a_call_between_queueing_and_the_wire_holds_the_mail_by_the_campaigns_policy(
    world: World, objects: Objects, clock: VirtualClock
) -> None:
    (ready,) = await world.approved(1)
    await say(world, gap_days=4)
    async with world.begin() as tx:
        await queue.enqueue(tx)
    await called(world, ready, timedelta())
    wire = Wire()
    await send.drain(means(world, objects, wire))
    assert wire.took == []
    day, reason = await planned(world)
    assert day == "2026-03-06"
    assert "4 business days must pass" in reason
    clock.advance(timedelta(days=4, minutes=1))
    await send.drain(means(world, objects, wire))
    assert len(wire.took) == 1


async def test_after_a_colleagues_meeting_no_mail_leaves_for_three_business_days(
    world: World,
) -> None:
    (ready,) = await world.approved(1)
    async with world.begin() as tx:
        contact = await prospects.contact(tx, ready.contact_id)
        an_hour_ago = tx.now - timedelta(hours=1)
        assert await touch.by_colleague(tx, contact, an_hour_ago, "meeting")
        assert not await touch.by_colleague(tx, contact, an_hour_ago, "meeting")
        with pytest.raises(InvalidInput, match="still to come"):
            await touch.by_colleague(tx, contact, tx.now + timedelta(minutes=1), "call")
        with pytest.raises(InvalidInput, match="nothing would follow"):
            await touch.by_colleague(tx, contact, tx.now - timedelta(days=200), "call")
    day, reason = await planned(world)
    assert day == "2026-03-05"
    assert "a colleague was in touch with this person on 2026-03-02" in reason


async def test_a_colleagues_touch_is_told_at_the_command_line(
    world: World, home: Path, owner_url: URL
) -> None:
    (ready,) = await world.approved(1)
    program, address = Program(home, owner_url), ready.content.recipient.email
    assert "Noted" in program.ok("contacts", "touched", address, "--by", "meeting").out
    assert "crm" in program.ok("contacts", "show", address).out
    for words, sentence in (
        (("nobody@acme.example",), "There is no contact nobody@acme.example"),
        ((address, "--at", "soon"), "--at is 'soon'"),
        ((address, "--at", "2199-01-01T10:00"), "is still to come"),
    ):
        assert sentence in plain_sentence(program.run("contacts", "touched", *words))


async def test_a_mailbox_without_a_pace_leaves_people_alone_all_the_same(
    world: World, objects: Objects, clock: VirtualClock
) -> None:
    async with world.begin() as tx:
        world = replace(world, mailbox=await set_pace(tx, world.mailbox, None))
    ready, other = await world.approved(2)
    await called(world, ready, timedelta(hours=1))
    wire = Wire()
    report = await send.drain(means(world, objects, wire))
    assert [item.contact_id for item in report.sent] == [other.contact_id]
    (held,) = report.waiting
    assert "this person was reached by phone on 2026-03-02" in (held.reason or "")
    clock.advance(timedelta(days=2, minutes=1))
    await send.drain(means(world, objects, wire))
    assert len(wire.took) == 2


async def test_a_batch_of_one_account_is_judged_one_after_the_other_at_the_wire(
    world: World, objects: Objects
) -> None:
    several = await world.approved(4)
    await say(world, account_people=2)
    async with world.begin() as tx:
        await queue.enqueue(tx)
        # Four lists named the company differently; somebody merged them after the mails were planned.
        one = await tx.row(
            "select account_id from contacts where id = :id", {"id": several[0].contact_id}
        )
        assert one is not None
        for table in ("contacts", "enrollments", "outbox", "drafts"):
            await tx.run(f"update {table} set account_id = :id", {"id": one["account_id"]})
    wire = Wire()
    await send.drain(means(world, objects, wire))
    assert len(wire.took) == 2
    async with world.begin() as tx:
        waiting = (await schedule(tx))["items"]
    assert len(waiting) == 2
    assert all("2 other people of this account were reached" in item["reason"] for item in waiting)


async def test_a_mail_without_an_answer_from_its_server_counts_as_a_touch(
    world: World, objects: Objects
) -> None:
    (ready,) = await world.approved(1)
    async with world.begin() as tx:
        await queue.enqueue(tx)
        row = await tx.row("select account_id, contact_id from outbox")
        assert row is not None
        await tx.run("update outbox set status = 'unknown', handed_off_at = :now", {"now": tx.now})
        known = {AccountId(row["account_id"]): list[Touch]()}
        await touching.at_the_wire(tx, known)
        (counted,) = known[AccountId(row["account_id"])]
        assert (counted.contact_id, counted.channel) == (ContactId(ready.contact_id), Channel.EMAIL)


async def test_the_waits_of_a_mailbox_without_a_pace_are_seen_before_anything_is_queued(
    world: World,
) -> None:
    async with world.begin() as tx:
        world = replace(world, mailbox=await set_pace(tx, world.mailbox, None))
    ready, other = await world.approved(2)
    await called(world, ready, timedelta(hours=1))
    async with world.begin() as tx:
        shown = {item["contact"]: item for item in (await schedule(tx))["items"]}
    held, free = shown[ready.content.recipient.email], shown[other.content.recipient.email]
    assert held["at"][:10] == "2026-03-04"
    assert "this person was reached by phone on 2026-03-02" in held["reason"]
    assert free["at"][:10] == "2026-03-02"
    assert free["reason"] is None
