"""Agents start at their times by themselves, once a tick, and say why where they could not."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from outrider.agents import schedule
from outrider.agents.message_types import ModelReply, ModelRequest
from outrider.agents.types import Assignment
from outrider.app.jobs import fleet_clock
from outrider.app.jobs.fleet_clock import run_tick, start_everywhere
from outrider.app.jobs.think import think
from outrider.app.wiring import Outrider
from outrider.campaigns import create
from outrider.kernel import access, switches
from outrider.kernel.clock import SystemClock, VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.errors import DatabaseUnavailable
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.jobs_procrastinate import Worker
from outrider.kernel.objects import Objects
from tests.agents_world import Script
from tests.fleet_world import Fleet
from tests.outreach import Filings, open_office, people

# The virtual clock starts on a Monday, 15:00 UTC.
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


class Slow(Script):
    """A model that answers when it is let."""

    def hold(self) -> None:
        self.is_asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def complete(self, request: ModelRequest) -> ModelReply:
        self.is_asked.set()
        await self.may_answer.wait()
        return await super().complete(request)


@pytest.fixture
def fleet(outrider: Outrider) -> Fleet:
    return Fleet(outrider)


async def every_quarter(fleet: Fleet, agent: str = "ops") -> None:
    await fleet.set(agent, is_scheduled=True, schedule=["*/15 * * * *"], timezone="UTC")


async def test_no_agent_starts_before_a_person_switched_it_on(fleet: Fleet) -> None:
    fleet.at(START + timedelta(days=8))
    assert await fleet.look() == []


async def test_a_tick_is_one_job_and_one_run_however_often_one_looks(fleet: Fleet) -> None:
    await every_quarter(fleet)
    fleet.at(START + QUARTER)
    looks = [await fleet.look() for _ in range(3)]
    assert looks == [[START + QUARTER], [], []]
    await fleet.work()
    (run,) = await fleet.runs("ops")
    assert (run["status"], run["due_at"]) == ("completed", START + QUARTER)
    assert run["request"]["task"].startswith("Your scheduled time has come.")
    assert len(fleet.script.asked) == 1


async def test_standing_work_begins_with_its_plan_and_other_work_makes_its_own(
    fleet: Fleet,
) -> None:
    await every_quarter(fleet, "deal-followup")
    fleet.at(START + QUARTER)
    await fleet.look()
    await fleet.work()
    await fleet.set("deal-followup", task="Only look at Acme Stores.")
    fleet.at(START + 2 * QUARTER)
    await fleet.look()
    await fleet.work()
    runs = {run["due_at"]: run["request"]["plan"] for run in await fleet.runs("deal-followup")}
    assert runs == {START + QUARTER: ["create_task"], START + 2 * QUARTER: []}


async def test_many_who_look_at_once_start_one(fleet: Fleet) -> None:
    for agent in ("ops", "inbox", "content"):
        await every_quarter(fleet, agent)
    fleet.at(START + QUARTER)
    looks = await asyncio.gather(*(fleet.look() for _ in range(6)))
    assert sum(len(found) for found in looks) == 3
    assert await fleet.jobs() == 3


async def test_what_was_missed_while_nobody_was_there_runs_once(fleet: Fleet) -> None:
    await every_quarter(fleet)
    fleet.at(START + timedelta(days=2, minutes=7))
    assert await fleet.look() == [START + timedelta(days=2)]
    assert await fleet.look() == []
    ticks = await fleet.rows("select due_at, missed from outrider.agent_ticks")
    assert [tick["missed"] for tick in ticks] == [2 * 24 * 4 - 1]


async def test_a_clock_that_is_put_back_repeats_no_tick(fleet: Fleet) -> None:
    await every_quarter(fleet)
    fleet.at(START + 2 * QUARTER)
    assert await fleet.look() == [START + 2 * QUARTER]
    fleet.at(START + QUARTER)
    assert await fleet.look() == []
    fleet.at(START + 2 * QUARTER)
    assert await fleet.look() == []
    fleet.at(START + 3 * QUARTER)
    assert await fleet.look() == [START + 3 * QUARTER]


async def test_a_new_schedule_does_not_make_up_for_times_before_it(fleet: Fleet) -> None:
    await every_quarter(fleet)
    fleet.at(START + timedelta(hours=3))
    await fleet.set("ops", schedule=["0 * * * *"])
    assert await fleet.look() == []
    fleet.at(START + timedelta(hours=4))
    assert await fleet.look() == [START + timedelta(hours=4)]


async def test_another_change_of_the_agent_loses_no_tick(fleet: Fleet) -> None:
    await every_quarter(fleet)
    fleet.at(START + QUARTER)
    await fleet.set("ops", budget_usd="2")
    assert await fleet.look() == [START + QUARTER]


async def test_a_schedule_goes_by_its_own_time_zone(fleet: Fleet) -> None:
    await fleet.set("sdr", is_scheduled=True)
    # 2026-03-08 clocks go forward in New York: 09:30 is 14:30 UTC before and 13:30 UTC after.
    fleet.at(datetime(2026, 3, 6, 15, 0, tzinfo=UTC))
    assert (await fleet.look())[-1] == datetime(2026, 3, 6, 14, 30, tzinfo=UTC)
    fleet.at(datetime(2026, 3, 9, 14, 0, tzinfo=UTC))
    assert (await fleet.look())[-1] == datetime(2026, 3, 9, 13, 30, tzinfo=UTC)


async def test_a_run_that_meets_another_is_skipped_and_says_which(fleet: Fleet) -> None:
    slow = Slow(["Done at last."])
    slow.hold()
    fleet.script = slow
    fleet.bind(fleet.outrider)
    await every_quarter(fleet)
    going_on = asyncio.create_task(think(fleet.outrider, "ops", Assignment(task="Look around.")))
    await slow.is_asked.wait()
    fleet.at(START + QUARTER)
    await fleet.look()
    await fleet.work()
    slow.may_answer.set()
    await going_on
    first, second = await fleet.runs("ops")
    assert (first["status"], second["status"]) == ("completed", "skipped")
    assert second["met_run_id"] == first["id"]
    assert second["error"] == "another run of ops is going on"
    assert second["summary"] == "ops did nothing: another run of ops is going on"


@pytest.mark.parametrize(("scope", "target"), [("agent", "ops"), ("workspace", "")])
async def test_what_is_halted_is_skipped_and_says_so(fleet: Fleet, scope: str, target: str) -> None:
    await every_quarter(fleet)
    async with fleet.outrider.begin()() as tx:
        await switches.set_switch(tx, scope, target, is_on=True, reason="drill")
    fleet.at(START + QUARTER)
    await fleet.look()
    await fleet.work()
    (run,) = await fleet.runs("ops")
    assert run["status"] == "skipped"
    assert "drill" in run["error"]
    assert not fleet.script.asked


async def test_without_a_model_the_tick_says_what_is_missing(fleet: Fleet) -> None:
    await every_quarter(fleet)
    fleet.outrider.__dict__["thinking"] = None
    fleet.at(START + QUARTER)
    await fleet.look()
    await fleet.work()
    (run,) = await fleet.runs("ops")
    assert run["status"] == "skipped"
    assert "models.toml" in run["error"]


async def test_an_agent_that_was_switched_off_has_no_times(fleet: Fleet) -> None:
    await every_quarter(fleet)
    await fleet.set("ops", is_enabled=False)
    fleet.at(START + QUARTER)
    assert await fleet.look() == []


async def test_what_was_due_while_an_agent_was_switched_off_is_not_made_up_for(
    fleet: Fleet,
) -> None:
    await every_quarter(fleet)
    await fleet.set("ops", is_enabled=False)
    fleet.at(START + timedelta(days=3, minutes=5))
    await fleet.set("ops", is_enabled=True)
    assert await fleet.look() == []
    fleet.at(START + timedelta(days=3, minutes=15))
    assert await fleet.look() == [START + timedelta(days=3, minutes=15)]


async def test_a_run_tells_what_the_agent_was(fleet: Fleet) -> None:
    await every_quarter(fleet)
    await fleet.set("ops", budget_usd="0.25", task="Count the bounces.", tools=["memory_note"])
    fleet.at(START + QUARTER)
    await fleet.look()
    await fleet.work()
    (run,) = await fleet.runs("ops")
    assert run["request"]["task"] == "Count the bounces."
    assert run["spec"]["budget_usd"] == "0.25"
    assert run["spec"]["tools"] == ["memory_note"]
    assert {offer.name for offer in fleet.script.asked[0].tools} == {
        "memory_note",
        "finish",
        "escalate",
    }


async def test_a_job_that_comes_twice_runs_once(fleet: Fleet) -> None:
    for _ in range(2):
        await run_tick(fleet.outrider, "ops", START, {})
    assert [run["status"] for run in await fleet.runs("ops")] == ["completed"]
    assert len(fleet.script.asked) == 1


async def test_the_sdr_works_for_every_active_campaign(
    fleet: Fleet,
    database: Database,
    workspace: WorkspaceId,
    clock: VirtualClock,
    objects: Objects,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office = await open_office(database, workspace, clock, objects, people("Acme Stores", "CFO"))
    async with office.begin() as tx:
        await create.create(tx, "Second", "Brand")
    fleet.outrider.__dict__["thinking"] = None  # the offline writer
    monkeypatch.setattr(Outrider, "filings", lambda self, folder: Filings())
    await fleet.set("sdr", is_scheduled=True, schedule=["*/15 * * * *"], timezone="UTC")
    clock.advance(QUARTER)
    await fleet.look()
    await fleet.work()
    runs = await fleet.runs("sdr")
    assert [run["due_at"] for run in runs] == [START + QUARTER] * 2
    assert {run["status"] for run in runs} == {"completed"}
    assert len({run["campaign_id"] for run in runs}) == 2
    assert {one["status"] for one in await fleet.rows("select status from outrider.drafts")} == {
        "pending"
    }


async def test_the_sdr_without_a_campaign_says_so(fleet: Fleet) -> None:
    await run_tick(fleet.outrider, "sdr", START, {})
    (run,) = await fleet.runs("sdr")
    assert (run["status"], run["error"]) == ("skipped", "no campaign is active")


async def test_two_who_ask_at_the_same_instant_get_two_runs(fleet: Fleet) -> None:
    await every_quarter(fleet)
    for _ in range(2):
        async with fleet.outrider.begin()() as tx:
            await schedule.ask(tx, "ops", {"task": "Now, please."})
    await fleet.work()
    runs = await fleet.runs("ops")
    assert len(runs) == 2
    assert len({run["due_at"] for run in runs}) == 2
    # And a run out of turn takes no tick away.
    fleet.at(START + QUARTER)
    assert await fleet.look() == [START + QUARTER]


async def test_each_workspace_has_its_own_times(fleet: Fleet) -> None:
    async with fleet.outrider.database.connection() as conn:
        other = await access.ensure_workspace(conn, "other", fleet.outrider.clock.now())
    there = Fleet(fleet.outrider.within(other))
    await every_quarter(fleet)
    await every_quarter(there, "inbox")
    fleet.at(START + QUARTER)
    await start_everywhere(fleet.outrider)
    worlds = {fleet.outrider.workspace: fleet.outrider, other: there.outrider}
    await Worker(fleet.outrider.database, worlds.__getitem__, SystemClock()).run(until_empty=True)
    assert [run["status"] for run in await fleet.runs("ops")] == ["completed"]
    assert [run["status"] for run in await there.runs("inbox")] == ["completed"]
    assert await there.runs("ops") == []


async def test_what_nobody_foresaw_is_told_with_the_tick(fleet: Fleet) -> None:
    fleet.says([RuntimeError("a secret of a library")])
    await run_tick(fleet.outrider, "ops", START, {})
    (run,) = await fleet.runs("ops")
    assert run["status"] == "failed"
    fleet.outrider.__dict__["thinking"] = object()
    fleet.at(START + QUARTER)
    await run_tick(fleet.outrider, "ops", START + QUARTER, {})
    told = (await fleet.runs("ops"))[-1]
    assert (told["status"], told["due_at"]) == ("skipped", START + QUARTER)
    assert told["error"] == "something unforeseen happened (AttributeError)"


async def test_a_database_that_was_away_costs_no_tick(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise DatabaseUnavailable("The database went away.")

    with monkeypatch.context() as broken:
        broken.setattr(fleet_clock, "think", away)
        with pytest.raises(DatabaseUnavailable):
            await run_tick(fleet.outrider, "ops", START, {})
    assert await fleet.runs("ops") == []
    await run_tick(fleet.outrider, "ops", START, {})
    assert [run["status"] for run in await fleet.runs("ops")] == ["completed"]
