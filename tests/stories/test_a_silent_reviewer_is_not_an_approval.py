"""A reviewer who says nothing has approved nothing: the next one is asked, in business time, once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from outrider.app.jobs import chase as job
from outrider.drafts import decide, read
from outrider.drafts.review import calendar, chase
from outrider.drafts.review.types import ChaseKind, Clock, Counts, OnTimeout, Rule
from outrider.drafts.types import DecidedBy, Draft, DraftStatus
from outrider.guardrails.types import Finding, Severity
from outrider.kernel import access
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Conflict, DatabaseUnavailable, Refused
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.switches import set_switch
from tests.clock_world import (
    FRIDAY,
    MONDAY,
    OFFICE,
    TUESDAY,
    ClockWorld,
    actor,
    clock_world,
    local,
)

FOUR_HOURS = timedelta(hours=4)


@pytest.fixture
async def world(
    home: Path, clock: VirtualClock, database: Database, workspace: WorkspaceId
) -> ClockWorld:
    """An approver, a campaign manager and an admin of one office."""
    world = clock_world(home, clock, database, workspace)
    await world.person("ann")
    await world.person("cleo", "campaign_manager")
    await world.person("dora", "admin")
    return world


async def test_a_draft_of_friday_18_00_escalates_at_09_00_on_monday(world: ClockWorld) -> None:
    clock = Clock(sla=FOUR_HOURS, counts=Counts.ELAPSED, reminders=())
    await world.adopt(world.people["dora"], clock)
    world.at(local(FRIDAY, "18:00"))
    draft = await world.draft()
    for silent in (local(FRIDAY, "22:00"), local("2026-03-07", "12:00"), local(MONDAY, "08:59")):
        world.at(silent)
        assert await world.chase() == []
    world.at(local(MONDAY, "09:00"))
    [item] = await world.chase()
    assert item.kind is ChaseKind.ESCALATE
    assert item.to == (world.people["cleo"],)
    review = await world.review(draft)
    assert (review.level, review.assigned) == (1, "campaign_manager")
    assert (await world.now(draft)).status is DraftStatus.PENDING


async def test_counted_in_business_time_friday_evening_is_due_on_monday_at_13_00(
    world: ClockWorld,
) -> None:
    await world.adopt(world.people["dora"], Clock(sla=FOUR_HOURS, reminders=()))
    world.at(local(FRIDAY, "18:00"))
    draft = await world.draft()
    assert (await world.review(draft)).due_at == local(MONDAY, "13:00")
    world.at(local(MONDAY, "12:59"))
    assert await world.chase() == []
    world.at(local(MONDAY, "13:00"))
    [item] = await world.chase()
    assert item.kind is ChaseKind.ESCALATE
    assert item.due_at == local(MONDAY, "17:00")


async def test_a_public_holiday_is_no_working_day(world: ClockWorld) -> None:
    kept = OFFICE.model_copy(update={"holidays": "US"})
    for name in ("ann", "cleo", "dora"):
        async with world.outrider.begin(actor(world.people[name]))() as tx:
            await calendar.set_working_time(tx, world.people[name], kept)
    await world.adopt(world.people["dora"], Clock(sla=FOUR_HOURS, counts=Counts.ELAPSED))
    # Memorial Day is Monday, 25 May 2026.
    world.at(local("2026-05-22", "18:00"))
    await world.draft()
    world.at(local("2026-05-25", "16:59"))
    assert await world.chase() == []
    world.at(local("2026-05-26", "09:00"))
    assert [item.kind for item in await world.chase()] == [ChaseKind.ESCALATE]


async def test_the_silent_are_reminded_and_then_each_of_the_chain_is_asked_until_its_end(
    world: ClockWorld,
) -> None:
    world.at(local(MONDAY, "09:00"))
    draft = await world.draft()
    told = []
    for hour in range(9, 18):
        world.at(local(MONDAY, f"{hour:02}:00"))
        told += [(hour, item.kind, item.assigned, item.level) for item in await world.chase()]
    for hour in range(9, 18):
        world.at(local(TUESDAY, f"{hour:02}:00"))
        told += [(hour, item.kind, item.assigned, item.level) for item in await world.chase()]
    remind, escalate = ChaseKind.REMIND, ChaseKind.ESCALATE
    assert told == [
        (11, remind, None, 0),
        (13, escalate, "campaign_manager", 1),
        (15, remind, "campaign_manager", 1),
        (17, escalate, "admin", 2),
        (11, remind, "admin", 2),
        (13, ChaseKind.HOLD, "admin", 2),
    ]
    assert (await world.now(draft)).status is DraftStatus.PENDING
    review = await world.review(draft)
    assert review.timed_out_at == local(TUESDAY, "13:00")
    assert review.notice is not None
    assert "waits for a person" in review.notice
    # It still can be decided, as if nothing had been.
    async with world.outrider.begin(actor(world.people["ann"]))() as tx:
        decided = await decide.approve(tx, draft.id, world.people["ann"])
    assert decided.status is DraftStatus.APPROVED


async def test_nobody_is_named_for_what_time_did(world: ClockWorld) -> None:
    await world.adopt(
        world.people["dora"],
        Clock(sla=FOUR_HOURS, on_timeout=OnTimeout.EXPIRE),
    )
    world.at(local(MONDAY, "09:00"))
    draft = await world.draft()
    for time in ("11:00", "13:00"):
        world.at(local(MONDAY, time))
        await world.chase()
    assert (await world.now(draft)).status is DraftStatus.EXPIRED
    async with world.outrider.begin()() as tx:
        assert await read.decision(tx, draft.id) is None
    for action in ("drafts.remind", "drafts.expire"):
        events = await world.events(action)
        assert events
        assert all(event["actor"] == "job:clock" for event in events)
        assert not any("person" in event["body"] for event in events)


async def test_eight_workers_escalate_once(world: ClockWorld) -> None:
    world.at(local(MONDAY, "09:00"))
    drafts = [await world.draft() for _ in range(3)]
    world.at(local(MONDAY, "13:00"))
    rounds = await asyncio.gather(*[job.chase(world.outrider) for _ in range(8)])
    done = [item for items in rounds for item in items]
    assert sorted(item.draft_number for item in done) == sorted(one.number for one in drafts)
    assert {item.kind for item in done} == {ChaseKind.ESCALATE}
    assert len(await world.events("drafts.escalate")) == 3
    assert [(await world.review(one)).level for one in drafts] == [1, 1, 1]


async def test_a_person_and_the_clock_at_the_same_moment_decide_each_draft_once(
    world: ClockWorld,
) -> None:
    ann = world.people["ann"]
    clock = Clock(sla=FOUR_HOURS, reminders=(), on_timeout=OnTimeout.EXPIRE)
    await world.adopt(world.people["dora"], clock)
    world.at(local(MONDAY, "09:00"))
    drafts = [await world.draft() for _ in range(4)]
    world.at(local(MONDAY, "13:00"))

    async def approve(draft: Draft) -> bool:
        try:
            async with world.outrider.begin(actor(ann))() as tx:
                await decide.approve(tx, draft.id, ann)
        except Conflict:
            return False
        return True

    *approved, _, _ = await asyncio.gather(
        *[approve(draft) for draft in drafts], world.chase(), world.chase()
    )
    await world.chase()
    for draft, by_person in zip(drafts, approved, strict=True):
        status = (await world.now(draft)).status
        assert status is (DraftStatus.APPROVED if by_person else DraftStatus.EXPIRED)
        assert (await world.review(draft)).closed_at is not None
    assert len(await world.events("drafts.approve")) == sum(map(bool, approved))


async def test_a_clock_that_jumps_reminds_once_and_leaves_no_level_out(world: ClockWorld) -> None:
    clock = Clock(sla=timedelta(hours=6), reminders=tuple(timedelta(hours=n) for n in (1, 2, 3)))
    await world.adopt(world.people["dora"], clock)
    world.at(local(MONDAY, "09:00"))
    draft = await world.draft()
    # Nobody ran the clock when the first two fell: they are one.
    world.at(local(MONDAY, "11:30"))
    assert [(item.kind, item.reminded) for item in await world.chase()] == [(ChaseKind.REMIND, 2)]
    world.at(local(MONDAY, "09:30"))
    assert await world.chase() == []
    world.at(local(MONDAY, "11:30"))
    assert await world.chase() == []
    world.at(local(MONDAY, "12:00"))
    assert [item.reminded for item in await world.chase()] == [3]
    # A week later the next one is asked, and has the whole time from then on.
    world.at(local("2026-03-16", "10:00"))
    [item] = await world.chase()
    assert (item.kind, item.level) == (ChaseKind.ESCALATE, 1)
    assert item.due_at == local("2026-03-16", "16:00")
    assert await world.chase() == []
    world.at(local(MONDAY, "13:00"))
    assert await world.chase() == []
    assert (await world.review(draft)).level == 1


async def test_what_a_crash_took_back_is_done_again_and_not_twice(world: ClockWorld) -> None:
    world.at(local(MONDAY, "09:00"))
    draft = await world.draft()
    world.at(local(MONDAY, "13:00"))

    class Killed(Exception):
        pass

    async def die_before_the_commit() -> None:
        async with world.outrider.begin(job.CLOCK)() as tx:
            assert len(await chase.chase(tx, job.ENDS, 10)) == 1
            raise Killed

    with pytest.raises(Killed):
        await die_before_the_commit()
    assert (await world.review(draft)).level == 0
    assert len(await world.chase()) == 1
    assert await world.chase() == []
    assert len(await world.events("drafts.escalate")) == 1


async def test_who_is_away_is_not_asked_but_the_delegate(world: ClockWorld) -> None:
    eve = await world.person("eve")
    cleo = world.people["cleo"]
    world.at(local(MONDAY, "09:00"))
    async with world.outrider.begin(actor(cleo))() as tx:
        await calendar.delegate(tx, cleo, eve, tx.now, local(TUESDAY, "00:00"))
    await world.draft()
    world.at(local(MONDAY, "13:00"))
    [item] = await world.chase()
    assert (item.assigned, item.to) == ("campaign_manager", (eve,))
    async with world.outrider.begin()() as tx:
        assert await calendar.stands_in_for(tx, eve, local(MONDAY, "12:00")) == (cleo,)
        assert await calendar.stands_in_for(tx, eve, local(TUESDAY, "12:00")) == ()


async def test_a_delegate_may_decide_what_only_the_absent_one_may(world: ClockWorld) -> None:
    eve = await world.person("eve")
    cleo = world.people["cleo"]
    rule = Rule(
        name="all",
        when="step > 0",
        action="escalate",
        to="cleo@brand.example",
        reason="Cleo reads it.",
    )
    await world.adopt(world.people["dora"], Clock(), rules=(rule,))
    world.at(local(MONDAY, "09:00"))
    draft = await world.draft()
    async with world.outrider.begin(actor(cleo))() as tx:
        await calendar.delegate(tx, cleo, eve, tx.now, local(TUESDAY, "00:00"))
    async with world.outrider.begin(actor(eve))() as tx:
        assert (await decide.approve(tx, draft.id, eve)).status is DraftStatus.APPROVED


async def test_a_draft_put_off_is_not_reminded_of_but_falls_due_all_the_same(
    world: ClockWorld,
) -> None:
    ann = world.people["ann"]
    world.at(local(MONDAY, "09:00"))
    draft = await world.draft()
    async with world.outrider.begin(actor(ann))() as tx:
        await decide.snooze(tx, draft.id, ann, local(MONDAY, "16:00"))
    world.at(local(MONDAY, "12:00"))
    assert await world.chase() == []
    world.at(local(MONDAY, "13:00"))
    assert [item.kind for item in await world.chase()] == [ChaseKind.ESCALATE]
    # The next one put nothing off.
    assert (await world.review(draft)).snoozed_until is None


async def test_what_was_decided_is_not_chased(world: ClockWorld) -> None:
    ann = world.people["ann"]
    world.at(local(MONDAY, "09:00"))
    draft = await world.draft()
    async with world.outrider.begin(actor(ann))() as tx:
        await decide.approve(tx, draft.id, ann)
    world.at(local(TUESDAY, "13:00"))
    assert await world.chase() == []
    assert (await world.review(draft)).closed_at is not None


async def sends(world: ClockWorld, **more: object) -> None:
    clock = Clock(sla=FOUR_HOURS, reminders=(), on_timeout=OnTimeout.AUTO_SEND)
    await world.adopt(world.people["dora"], clock, **{"auto_approve": True, **more})
    world.at(local(MONDAY, "09:00"))


async def test_where_an_admin_allowed_it_a_shown_draft_goes_by_timeout_and_not_by_a_person(
    world: ClockWorld,
) -> None:
    await sends(world)
    draft = await world.draft()
    await world.show(draft)
    world.at(local(MONDAY, "12:59"))
    assert await world.chase() == []
    world.at(local(MONDAY, "13:00"))
    [item] = await world.chase()
    assert item.kind is ChaseKind.SEND
    assert (await world.now(draft)).status is DraftStatus.APPROVED
    async with world.outrider.begin()() as tx:
        decision = await read.decision(tx, draft.id)
    assert decision is not None
    assert (decision.by, decision.person_id) == (DecidedBy.TIMEOUT, None)
    [event] = await world.events("drafts.approve")
    assert event["actor"] == "job:clock"
    assert "person" not in event["body"]


async def test_a_draft_that_nobody_was_shown_is_never_sent_by_a_timeout(
    world: ClockWorld,
) -> None:
    await sends(world)
    draft = await world.draft()
    world.at(local(MONDAY, "13:00"))
    [item] = await world.chase()
    assert item.kind is ChaseKind.ESCALATE
    assert "no reviewer was notified" in item.sentence
    assert (await world.now(draft)).status is DraftStatus.PENDING
    # The next one is told, and stays silent too: it goes up, and is not sent either.
    await world.show(draft)
    world.at(local(MONDAY, "17:00"))
    assert [item.kind for item in await world.chase()] == [ChaseKind.ESCALATE]
    assert (await world.now(draft)).status is DraftStatus.PENDING


async def test_no_timeout_sends_while_a_kill_switch_is_on(world: ClockWorld) -> None:
    await sends(world)
    draft = await world.draft()
    await world.show(draft)
    async with world.outrider.begin(SYSTEM)() as tx:
        await set_switch(tx, "workspace", "", is_on=True, reason="a complaint")
    world.at(local(MONDAY, "13:00"))
    [item] = await world.chase()
    assert item.kind is ChaseKind.ESCALATE
    assert "a complaint" in item.sentence
    assert (await world.now(draft)).status is DraftStatus.PENDING


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (
            {
                "rules": (
                    Rule(name="r", when="true", action="review", reason="Big.", risk="medium"),
                )
            },
            "its risk is medium",
        ),
        (
            {
                "rules": (
                    Rule(name="e", when="true", action="escalate", to="admin", reason="Large."),
                )
            },
            "its policy asks for one (Large",
        ),
        (
            {"rules": (Rule(name="b", when="true", action="block", reason="Not now."),)},
            "its policy asks for one (Not now",
        ),
        (
            {"rules": (Rule(name="t", when="true", action="review", reason="Two.", approvals=2),)},
            "its policy asks for two approvals",
        ),
    ],
)
async def test_what_a_policy_wants_a_person_for_waits_for_one(
    world: ClockWorld, more: dict[str, object], sentence: str
) -> None:
    await sends(world, **more)
    draft = await world.draft()
    await world.show(draft)
    world.at(local(MONDAY, "13:00"))
    [item] = await world.chase()
    assert item.kind in (ChaseKind.ESCALATE, ChaseKind.HOLD)
    assert sentence in item.sentence
    assert (await world.now(draft)).status is DraftStatus.PENDING


async def test_a_draft_that_a_check_warns_of_is_never_sent_by_a_timeout(world: ClockWorld) -> None:
    await sends(world)
    draft = await world.draft()
    await world.show(draft)
    finding = Finding(
        check="tone", severity=Severity.WARN, message="It sounds pushy.", fix="Say it calmly."
    )
    async with world.outrider.begin(SYSTEM)() as tx:
        await tx.run(
            "update outrider.drafts set findings = cast(:found as jsonb) where id = :id",
            {"id": draft.id, "found": f"[{finding.model_dump_json()}]"},
        )
    world.at(local(MONDAY, "13:00"))
    [item] = await world.chase()
    assert item.kind is ChaseKind.ESCALATE
    assert "a check speaks up (It sounds pushy)" in item.sentence
    assert (await world.now(draft)).status is DraftStatus.PENDING


async def test_without_automatic_approval_no_timeout_sends(world: ClockWorld) -> None:
    await sends(world, auto_approve=False)
    draft = await world.draft()
    await world.show(draft)
    world.at(local(MONDAY, "13:00"))
    [item] = await world.chase()
    assert item.kind is ChaseKind.ESCALATE
    assert (await world.now(draft)).status is DraftStatus.PENDING


async def test_a_policy_that_an_admin_switched_off_sends_nothing_any_more(
    world: ClockWorld,
) -> None:
    await sends(world)
    draft = await world.draft()
    await world.show(draft)
    await world.adopt(world.people["dora"], Clock(sla=FOUR_HOURS))
    world.at(local(MONDAY, "13:00"))
    [item] = await world.chase()
    assert item.kind is ChaseKind.ESCALATE
    assert (await world.now(draft)).status is DraftStatus.PENDING


async def test_only_the_clock_itself_says_that_time_is_over(world: ClockWorld) -> None:
    await sends(world)
    draft = await world.draft()
    await world.show(draft)
    world.at(local(MONDAY, "12:59"))
    async with world.outrider.begin(job.CLOCK)() as tx:
        with pytest.raises(Refused, match="its time is not over"):
            await decide.approve_by(
                tx, draft.id, DecidedBy.TIMEOUT, (await world.review(draft)).policy_id, "too soon"
            )


async def test_every_workspace_has_its_own_clock(
    world: ClockWorld, database: Database, home: Path
) -> None:
    world.at(local(MONDAY, "09:00"))
    await world.draft()
    async with database.connection() as conn:
        second = await access.ensure_workspace(conn, "second", world.clock.now())
    other = clock_world(home, world.clock, database, second)
    await other.person("finn")
    await other.person("gus", "admin")
    await other.draft()
    world.at(local(MONDAY, "13:00"))
    assert await job.chase_everywhere(world.outrider) == 2
    [mine], [theirs] = await world.events("drafts.escalate"), await other.events("drafts.escalate")
    # Nobody is campaign manager there, so the admin is next.
    assert (mine["body"]["to"], theirs["body"]["to"]) == ("campaign_manager", "admin")
    assert theirs["body"]["level"] == 2


async def test_the_clock_runs_by_itself_and_goes_on_after_the_database_was_away(
    world: ClockWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.at(local(MONDAY, "09:00"))
    draft = await world.draft()
    real, calls = access.workspaces, 0

    async def away_at_first(conn: AsyncConnection) -> dict[str, WorkspaceId]:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise DatabaseUnavailable
        return await real(conn)

    monkeypatch.setattr(access, "workspaces", away_at_first)
    # Sleeping moves this clock, so a working day passes in no time.
    running = asyncio.create_task(job.chase_forever(world.outrider, timedelta(minutes=20)))
    while world.clock.now() < local(MONDAY, "17:00") and not running.done():
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await world.review(draft)).level >= 1
    assert [event["body"]["level"] for event in await world.events("drafts.escalate")][:1] == [1]
