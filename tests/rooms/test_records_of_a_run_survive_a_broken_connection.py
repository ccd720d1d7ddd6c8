"""What a thinking run writes down is written once and whole, also when its connection breaks."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager

import psycopg
import pytest

from outrider.agents import store_line
from outrider.agents.store_line import Line
from outrider.agents.types import RunStatus, Verdict
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import DatabaseUnavailable, InvalidInput
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from tests.agents_world import Script, agent, brain_of, think
from tests.outreach import AGENT, Office, open_office, people

LOOK: dict[str, dict[str, str]] = {"get_current_time": {}}
COUNT = "select count(*) as n from outrider.audit_events where action = 'agents.line'"


@pytest.fixture
async def office(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, objects: Objects
) -> Office:
    return await open_office(database, workspace, clock, objects, people("Acme", "CFO"))


def cut(office: Office) -> int:
    """End every connection that agents have to this database; how many there were."""
    owner = office.database.url(Role.OWNER).set(drivername="postgresql")
    with psycopg.connect(owner.render_as_string(hide_password=False), autocommit=True) as conn:
        cursor = conn.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = current_database() and usename = 'outrider_agent'"
        )
        return len(cursor.fetchall())


def opening(office: Office) -> AbstractAsyncContextManager[Tx]:
    """A transaction as agents open one."""
    return office.database.transaction(office.workspace, AGENT, role=Role.AGENT)


async def line_of(office: Office) -> tuple[AbstractAsyncContextManager[bool], Line]:
    """A lock that is not taken yet, and the line of whoever holds it."""
    async with opening(office) as tx:
        return store_line.held(tx, "x"), store_line.line(tx, "x", office.clock)


async def write(tx: Tx) -> None:
    """Something that can be counted."""
    from outrider.kernel.audit.append import record

    await record(tx, "agents.line", "test:1")


async def written(office: Office) -> int:
    return int((await office.rows(COUNT))[0]["n"])


async def test_a_run_whose_connections_are_cut_at_every_turn_loses_and_repeats_nothing(
    office: Office,
) -> None:
    cuts: list[int] = []
    script = Script([LOOK, LOOK, LOOK, "Late."], before=lambda turn: cuts.append(cut(office)))
    carried = await think(office, brain_of(script, clock=office.clock), agent("get_current_time"))
    assert (carried.end.verdict, carried.report.run.status) == (
        Verdict.DONE,
        RunStatus.COMPLETED,
    )
    assert all(cuts)
    assert len(cuts) == 4
    steps = await office.rows("select number, status from outrider.agent_steps order by number")
    assert [step["number"] for step in steps] == list(range(1, 8))
    assert {step["status"] for step in steps} == {"done"}
    events = await office.rows(
        "select body from outrider.audit_events where action = 'agents.step'"
    )
    assert len(events) == 7


async def test_what_fails_halfway_is_not_written(office: Office) -> None:
    lock, line = await line_of(office)

    async def halfway(tx: Tx) -> None:
        await write(tx)
        raise InvalidInput("No.")

    async def wrong(tx: Tx) -> None:
        await write(tx)
        await tx.rows("select 1 / 0")

    async with lock as is_ours:
        assert is_ours
        for work, error in ((halfway, InvalidInput), (wrong, Exception)):
            with pytest.raises(error):
                await line.together(work, work)
            assert await written(office) == 0
        await line.together(write, write)
    assert await written(office) == 1


async def test_whoever_is_cancelled_leaves_the_line_in_order(office: Office) -> None:
    lock, line = await line_of(office)
    begun = asyncio.Event()

    async def slow(tx: Tx) -> None:
        await write(tx)
        begun.set()
        await asyncio.sleep(0.05)

    async with lock:
        task = asyncio.create_task(line.together(slow, slow))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await line.together(write, write)
    assert await written(office) == 2


async def test_nothing_of_one_workspace_is_left_on_the_line_for_the_next(office: Office) -> None:
    lock, line = await line_of(office)

    async def where(tx: Tx) -> str:
        row = await tx.row("select current_setting('outrider.workspace', true) as here")
        return str(row["here"]) if row else ""

    async with lock:
        assert await line.together(where, where) == str(office.workspace)
        conn = line.keeper._conn
        assert conn is not None
        assert await where(Tx(conn, line.opened.workspace, AGENT, office.clock.now(), "")) == ""


async def test_a_run_that_lost_its_lock_to_another_process_writes_no_more(office: Office) -> None:
    lock, line = await line_of(office)
    owner = office.database.url(Role.OWNER).set(drivername="postgresql")
    async with lock:
        cut(office)
        with psycopg.connect(owner.render_as_string(hide_password=False)) as other:
            other.execute("select pg_advisory_lock(%s)", [line.key])
            with pytest.raises(DatabaseUnavailable, match="another process carries on"):
                await line.together(write, write)
    assert await written(office) == 0
