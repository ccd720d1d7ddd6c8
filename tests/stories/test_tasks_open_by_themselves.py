"""Calls, LinkedIn and text steps become tasks when they are due, and what nobody does is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outrider.app.jobs import tasks_due
from outrider.app.jobs.tasks_due import open_tasks
from outrider.app.wiring import Outrider
from outrider.campaigns import enrol, tasks
from outrider.campaigns.task_types import TaskStatus
from outrider.campaigns.types import StopReason
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.switches import set_switch
from tests.rooms.test_tasks_are_done_once import opened, started
from tests.rooms.test_tasks_are_opened_by_few_statements import reached


async def test_the_job_opens_what_is_due_and_tells_once_what_nobody_did(
    clock: VirtualClock, outrider: Outrider
) -> None:
    async with outrider.begin()() as tx:
        await started(tx, "call", people=3)
    opened = await open_tasks(outrider)
    assert [task.status for task in opened.tasks] == [TaskStatus.OPEN] * 3
    assert (await open_tasks(outrider)).tasks == ()
    async with outrider.begin()() as tx:
        await tasks.done(tx, 1)
    clock.advance(timedelta(days=2, minutes=1))
    await open_tasks(outrider)
    async with outrider.begin()() as tx:
        late = await tasks.listing(tx, everything=True)
        assert [task.missed_at is not None for task in late] == [False, True, True]
        # Nothing was passed over: the person's sequence waits.
        assert (await enrol.find(tx, late[1].enrollment_id)).next_step == 1
        told = "select subject from audit_events where action = 'campaigns.task_missed'"
        assert len(await tx.rows(told)) == 2
    await open_tasks(outrider)
    async with outrider.begin()() as tx:
        assert len(await tx.rows(told)) == 2
        await tasks.done(tx, 2, "called at last")
        assert (await enrol.find(tx, late[1].enrollment_id)).next_step == 2
        await enrol.stop(tx, [late[2].enrollment_id], reason=StopReason.REPLIED)
        assert (await tasks.find(tx, 3)).status is TaskStatus.VOID


@pytest.mark.parametrize("held", ["campaign", "account"])
async def test_those_who_must_wait_do_not_stand_before_those_who_need_not(
    clock: VirtualClock, monkeypatch: pytest.MonkeyPatch, held: str, outrider: Outrider
) -> None:
    monkeypatch.setattr(tasks_due, "AT_ONCE", 3)
    async with outrider.begin()() as tx:
        campaign, first = await started(tx, "call", people=7)
        if held == "campaign":
            await set_switch(tx, "campaign", str(campaign.id), is_on=True, reason="test")
        else:
            await reached(tx, first)
    clock.advance(timedelta(seconds=1))
    async with outrider.begin()() as tx:
        _, rest = await started(tx, "call", people=4)
    opened = await open_tasks(outrider)
    assert {task.enrollment_id for task in opened.tasks} == {one.id for one in rest}
    assert len(opened.waiting) == (0 if held == "campaign" else len(first))


async def test_a_task_that_stays_undone_holds_the_account_no_longer_than_a_touch(
    tx: Tx, clock: VirtualClock, database: Database
) -> None:
    _, people = await started(tx, "linkedin", 4)
    await tx.run("update enrollments set account_id = :id", {"id": people[0].account_id})
    assert len((await tasks.open_due(tx)).tasks) == 3
    await tx.conn.commit()
    clock.advance(timedelta(days=7))
    async with database.transaction(tx.workspace, SYSTEM) as later:
        assert len((await tasks.open_due(later)).tasks) == 1


async def test_a_weekend_is_nobodys_delay(tx: Tx, clock: VirtualClock, database: Database) -> None:
    clock.advance(timedelta(days=4))  # Friday
    async with database.transaction(tx.workspace, SYSTEM) as friday:
        _, task = await opened(friday, "call")
    clock.advance(timedelta(days=3))  # Monday
    async with database.transaction(tx.workspace, SYSTEM) as monday:
        assert await tasks.tell_missed(monday) == []
    clock.advance(timedelta(days=1, minutes=1))
    async with database.transaction(tx.workspace, SYSTEM) as tuesday:
        assert [one.number for one in await tasks.tell_missed(tuesday)] == [task.number]
