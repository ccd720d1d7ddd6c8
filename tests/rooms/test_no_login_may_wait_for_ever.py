"""Each login has its limits, also by another program; a race that was lost is run again in one place."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import psycopg
import pytest

from outrider.kernel.clock import VirtualClock
from outrider.kernel.database import connect, patience
from outrider.kernel.database.again import again
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.limits import Limits
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.errors import LostRace, Unavailable
from outrider.kernel.ids import WorkspaceId

BRIEF = Limits(lock=timedelta(milliseconds=200))


@pytest.fixture
async def brief(database: Database, clock: VirtualClock) -> Database:
    """The same database, with a limit on locks that a test can wait for."""
    return Database(database.owner, clock, limits=BRIEF)


@pytest.mark.parametrize("role", [Role.APP, Role.AGENT, Role.SEALER])
async def test_the_server_itself_limits_each_login(database: Database, role: Role) -> None:
    url = database.url(role).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as conn:
        for name in (
            "statement_timeout",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
        ):
            row = conn.execute(
                f"select setting::int from pg_settings where name = '{name}'".encode()
            )
            (ms,) = row.fetchone() or (0,)
            assert 0 < ms <= 300_000, name


@pytest.mark.parametrize("role", list(Role))
async def test_the_settings_reach_each_connection(brief: Database, role: Role) -> None:
    async with brief.connection(role) as conn:
        shown = (await conn.exec_driver_sql("show lock_timeout")).scalar_one()
    assert shown == ("5s" if role is Role.OWNER else "200ms")
    await brief.close()


async def test_a_statement_that_takes_too_long_ends_in_one_sentence(
    database: Database, clock: VirtualClock
) -> None:
    short = Database(database.owner, clock, limits=Limits(statement=timedelta(seconds=0.3)))
    with pytest.raises(Unavailable, match="statement_timeout"):
        async with short.connection() as conn:
            await conn.exec_driver_sql("select pg_sleep(60)")
    await short.close()


async def test_whoever_stood_still_longer_than_he_waits_finds_the_answer_and_goes_on(
    database: Database, workspace: WorkspaceId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "SILENT_SECONDS", 0.1)

    async def work() -> int:
        async with database.transaction(workspace, SYSTEM) as tx:
            row = await tx.row("select 1 as one")
            return int(row["one"]) if row else 0

    assert await work() == 1, "there is a connection"
    working = asyncio.create_task(work())
    while not working.done():
        await asyncio.sleep(0)
        time.sleep(0.15)
    assert await working == 1


async def test_an_answer_is_waited_for_as_long_as_is_set_whenever_the_wait_begins(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = asyncio.get_running_loop().time
    cuts: list[float] = []
    monkeypatch.setattr(patience, "cut", lambda raw: cuts.append(clock()))
    url = database.owner.set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(url) as raw:
        silence = patience.Silence(raw, 1.0)
        silence.begin()
        silence.end()
        await asyncio.sleep(0.08)
        silence.begin()
        began = clock()
        while not cuts:
            await asyncio.sleep(0.01)
    assert cuts[0] - began >= 0.99


async def test_no_limit_on_statements_is_none_here_either(
    database: Database, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "SILENT_SECONDS", 2)
    endless = Database(database.owner, clock, limits=Limits(statement=timedelta(0)))
    async with endless.connection() as conn:
        await conn.exec_driver_sql("select pg_sleep(2.5)")
    await endless.close()


async def test_a_lock_that_is_not_given_ends_in_one_sentence(
    brief: Database, database: Database, workspace: WorkspaceId
) -> None:
    async with database.transaction(workspace, SYSTEM) as holder:
        await holder.run("select 1 from outrider.workspaces for update")
        with pytest.raises(Unavailable, match="lock_timeout"):
            async with brief.transaction(workspace, SYSTEM) as tx:
                await tx.run("select 1 from outrider.workspaces for update")
    await brief.close()


async def test_a_deadlock_is_run_again_and_both_get_through(
    database: Database, workspace: WorkspaceId
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        for name in ("one", "two"):
            await tx.run(
                "insert into outrider.workspaces (id, name, created_at) values (:id, :name, :now)",
                {"id": tx.new_id(), "name": name, "now": tx.now},
            )
    tries: list[str] = []
    both = asyncio.Barrier(2)

    def crosswise(first: str, second: str) -> asyncio.Task[None]:
        async def work(tx: Tx) -> None:
            tries.append(first)
            change = "update outrider.workspaces set created_at = :now where name = :name"
            await tx.run(change, {"now": tx.now, "name": first})
            if len(tries) <= 2:
                await both.wait()
            await tx.run(change, {"now": tx.now, "name": second})

        return asyncio.create_task(again(lambda: database.transaction(workspace, SYSTEM), work))

    await asyncio.gather(crosswise("one", "two"), crosswise("two", "one"))
    assert len(tries) > 2  # the second round may end crosswise as well


async def test_a_serialization_failure_is_run_again_until_it_succeeds(
    database: Database, workspace: WorkspaceId
) -> None:
    seen: list[int] = []

    async def work(tx: Tx) -> str:
        seen.append(1)
        if len(seen) < 4:
            await tx.run("do $$ begin raise exception 'lost' using errcode = '40001'; end $$")
        return "done"

    assert await again(lambda: database.transaction(workspace, SYSTEM), work) == "done"
    assert len(seen) == 4


async def test_a_race_that_is_always_lost_ends_in_one_sentence(
    database: Database, workspace: WorkspaceId
) -> None:
    seen: list[int] = []

    async def work(tx: Tx) -> None:
        seen.append(1)
        await tx.run("do $$ begin raise exception 'lost' using errcode = '40P01'; end $$")

    with pytest.raises(LostRace, match="try again"):
        await again(lambda: database.transaction(workspace, SYSTEM), work, tries=3)
    assert len(seen) == 3


async def test_an_error_that_would_come_again_is_not_run_again(
    database: Database, workspace: WorkspaceId
) -> None:
    seen: list[int] = []

    async def work(tx: Tx) -> None:
        seen.append(1)
        raise Unavailable("The store does not answer.")

    with pytest.raises(Unavailable):
        await again(lambda: database.transaction(workspace, SYSTEM), work)
    assert len(seen) == 1


async def test_agents_have_a_pool_of_their_own_size(database: Database) -> None:
    database.agent_pool_size = 2
    assert database.engine(Role.AGENT).pool.size() == 2  # type: ignore[attr-defined]
    assert database.engine(Role.APP).pool.size() == 10  # type: ignore[attr-defined]
