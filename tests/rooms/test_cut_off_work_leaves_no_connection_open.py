"""Work that is cut off at any moment gives its connection back, closed if need be, and raises no alarm."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator

import psycopg
import pytest
from structlog.testing import capture_logs

from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import DatabaseUnavailable
from outrider.kernel.ids import WorkspaceId

MOMENTS = 40
BETWEEN_SECONDS = 0.001


@pytest.fixture
async def pools(database: Database) -> AsyncIterator[Database]:
    """Pools of their own, which no other work has warmed."""
    pools = Database(database.owner, database.clock)
    yield pools
    await pools.close()


def left_open(database: Database) -> list[str]:
    """The connections to this database that this process has not closed."""
    gc.collect()
    found = [one for one in gc.get_objects() if isinstance(one, psycopg.AsyncConnection)]
    return [
        repr(one) for one in found if not one.closed and one.info.dbname == database.owner.database
    ]


async def ended(task: asyncio.Task[None], *, again_and_again: bool) -> None:
    """Cut the task off; a server's scope does it at each of its waits until it has ended."""
    task.cancel()
    while again_and_again and not task.done():
        await asyncio.sleep(0)
        task.cancel()
    await asyncio.wait({task})


@pytest.mark.parametrize("again_and_again", [False, True])
async def test_work_cut_off_at_any_moment_ends_as_cut_off(
    pools: Database, workspace: WorkspaceId, again_and_again: bool
) -> None:
    async def work() -> None:
        async with pools.transaction(workspace, SYSTEM) as tx:
            for _ in range(8):
                await tx.rows("select pg_sleep(0.002)")

    with capture_logs() as logs:
        for moment in range(MOMENTS):
            task = asyncio.create_task(work())
            await asyncio.sleep(moment * BETWEEN_SECONDS)
            await ended(task, again_and_again=again_and_again)
            assert task.cancelled() or task.exception() is None
            async with pools.transaction(workspace, SYSTEM) as tx:
                assert await tx.rows("select 1 as one")
    assert [entry for entry in logs if entry["event"].startswith("database_")] == []


async def test_what_is_given_back_after_the_pools_were_closed_is_closed(
    database: Database, workspace: WorkspaceId
) -> None:
    before = len(left_open(database))
    pools = Database(database.owner, database.clock)
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        async with pools.transaction(workspace, SYSTEM) as tx:
            inside.set()
            await go_on.wait()
            assert await tx.rows("select 1 as one")

    task = asyncio.create_task(work())
    await asyncio.wait_for(inside.wait(), 60)
    await pools.close()
    go_on.set()
    await task
    assert len(left_open(database)) == before


async def test_what_was_out_while_a_dead_one_emptied_the_pool_is_closed(
    pools: Database, workspace: WorkspaceId, database: Database
) -> None:
    before = len(left_open(database))
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        async with pools.transaction(workspace, SYSTEM):
            inside.set()
            await go_on.wait()

    task = asyncio.create_task(work())
    await asyncio.wait_for(inside.wait(), 60)
    async with pools.transaction(workspace, SYSTEM) as tx:
        [row] = await tx.rows("select pg_backend_pid() as pid")
    async with database.transaction(workspace, SYSTEM) as tx:
        await tx.rows("select pg_terminate_backend(:pid)", {"pid": row["pid"]})
    async with pools.transaction(workspace, SYSTEM) as tx:
        assert await tx.rows("select 1 as one")
    go_on.set()
    await task
    await pools.close()
    assert len(left_open(database)) == before


async def test_an_outage_after_a_time_limit_ran_out_is_an_outage(
    pools: Database, workspace: WorkspaceId
) -> None:
    async def work() -> None:
        async with pools.transaction(workspace, SYSTEM) as tx:
            try:
                async with asyncio.timeout(0.01):
                    await asyncio.Event().wait()
            except TimeoutError:
                await tx.rows("select pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(DatabaseUnavailable):
        await asyncio.create_task(work())
