"""However many steps are due, making tasks of them asks the database as often; each task has one event."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from outrider.campaigns import tasks
from outrider.campaigns.task_types import OutreachTask, TaskStatus
from outrider.campaigns.types import Enrollment, EnrollmentStatus
from outrider.kernel.database.tx import Tx
from outrider.kernel.switches import set_switch
from outrider.prospects import touch
from outrider.prospects.types import Channel, Direction, Touch
from tests.rooms.test_tasks_are_done_once import started

FEW, MANY = 3, 12
CAMPAIGNS = 3


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that the driver hands to Postgres, whoever asked."""
    told = list[str]()
    execute: Any = psycopg.AsyncCursor.execute

    async def noting(self: Any, query: Any, *args: Any, **named: Any) -> Any:
        told.append(query.decode() if isinstance(query, bytes) else str(query))
        return await execute(self, query, *args, **named)

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", noting)
    return told


async def due(tx: Tx, people: int) -> list[Enrollment]:
    """People of their own accounts whose next step is a call, in several campaigns."""
    return [one for _ in range(CAMPAIGNS) for one in (await started(tx, "call", people=people))[1]]


async def reached(tx: Tx, them: list[Enrollment]) -> None:
    """A colleague has just called everybody."""
    noted = [
        Touch(
            account_id=one.account_id,
            contact_id=one.contact_id,
            channel=Channel.CRM,
            direction=Direction.OUT,
            reference=f"call {one.contact_id}",
            at=tx.now,
        )
        for one in them
    ]
    await touch.record(tx, noted)


async def test_steps_that_wait_cost_no_statement_each(tx: Tx, statements: list[str]) -> None:
    counts = []
    for people in (FEW, MANY):
        await reached(tx, await due(tx, people))
        statements.clear()
        opened = await tasks.open_due(tx)
        counts.append(len(statements))
    assert opened.tasks == ()
    assert len(opened.waiting) == CAMPAIGNS * (FEW + MANY)
    assert counts[0] == counts[1] < 10


async def test_a_task_that_is_made_costs_its_event_and_no_more(
    tx: Tx, statements: list[str]
) -> None:
    counts = []
    for people in (FEW, MANY):
        them = await due(tx, people)
        statements.clear()
        made = (await tasks.open_due(tx)).tasks
        assert {one.enrollment_id for one in made} == {one.id for one in them}
        events = [one for one in statements if "audit_events" in one]
        assert len(events) == len(made)
        counts.append(len(statements) - len(events))
    assert counts[0] == counts[1] < 12


async def test_tasks_made_at_once_are_numbered_without_a_gap_and_a_void_one_keeps_its_number(
    tx: Tx,
) -> None:
    first = await due(tx, 1)
    assert [one.number for one in (await tasks.open_due(tx)).tasks] == [1, 2, 3]
    await tx.run(
        "update tasks set status = 'void', reason = 'edited', text = 'Old.' where number = 2"
    )
    more = await due(tx, 1)
    made = (await tasks.open_due(tx)).tasks
    assert sorted(one.number for one in made) == [2, 4, 5, 6]
    (again,) = [one for one in made if one.number == 2]
    assert again.enrollment_id in {one.id for one in first}
    kept: dict[int, OutreachTask] = {one.number: one for one in await tasks.listing(tx)}
    assert kept == {one.number: one for one in made} | {n: kept[n] for n in (1, 3)}
    assert again.text == "Hi Dana, a word on Acme?"
    assert {kept[n].enrollment_id for n in (4, 5, 6)} == {one.id for one in more}
    assert {one.status for one in kept.values()} == {TaskStatus.OPEN}


@pytest.mark.parametrize("every", [False, True])
async def test_a_switch_holds_its_own_campaign_or_all_of_them(tx: Tx, every: bool) -> None:
    them = await due(tx, 2)
    target = "" if every else str(them[0].campaign_id)
    await set_switch(tx, "campaign", target, is_on=True, reason="test")
    made = (await tasks.open_due(tx)).tasks
    held = {one.id for one in them} - {one.enrollment_id for one in made}
    own = {one.id for one in them if every or one.campaign_id == them[0].campaign_id}
    assert held == own
    await set_switch(tx, "campaign", target, is_on=False, reason="test")
    rest = (await tasks.open_due(tx)).tasks
    assert {one.enrollment_id for one in rest} == own
    assert {one.status for one in them} == {EnrollmentStatus.ACTIVE}
