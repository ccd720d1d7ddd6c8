"""A job exists if and only if its transaction committed, and it runs once, one of a key at a time."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

import outrider
from outrider.kernel import access, job_registry, jobs
from outrider.kernel.clock import SystemClock, VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Broken, InvalidInput
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.jobs import Job, bound, defer, register
from outrider.kernel.jobs_in_process import InProcessQueue
from outrider.kernel.jobs_procrastinate import Worker
from outrider.kernel.telemetry import correlation_id


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_registry, "_tasks", {})


class Bench:
    """One of the two adapters, to be driven by the same tests."""

    def __init__(self, database: Database, clock: VirtualClock, kind: str) -> None:
        self.database, self.clock, self.kind = database, clock, kind
        self.queue = InProcessQueue(clock)
        self.done: list[Job] = []

    def use(self) -> Any:
        return bound(self.queue) if self.kind == "in process" else nullcontext()

    async def work(self) -> None:
        if self.kind == "in process":
            await self.queue.run_due(self)
        else:
            await Worker(self.database, lambda _: self, SystemClock()).run(until_empty=True)


@pytest.fixture(params=["in process", "database"])
def bench(
    request: pytest.FixtureRequest, database: Database, clock: VirtualClock
) -> Iterator[Bench]:
    bench = Bench(database, clock, request.param)

    @register("test.note")
    async def note(world: Bench, job: Job) -> None:
        assert world is bench
        assert correlation_id() == job.correlation_id
        bench.done.append(job)

    with bench.use():
        yield bench


async def test_a_job_runs_after_the_commit_with_what_it_was_given(
    bench: Bench, workspace: WorkspaceId
) -> None:
    async with bench.database.transaction(workspace, SYSTEM) as tx:
        await defer(tx, "test.note", "lead:1", {"n": 1, "words": ["ü"]})
        await bench.work()
        assert bench.done == []
    await bench.work()
    await bench.work()
    assert bench.done == [
        Job("test.note", workspace, "lead:1", {"n": 1, "words": ["ü"]}, tx.correlation_id)
    ]


async def test_a_rollback_leaves_no_job(bench: Bench, workspace: WorkspaceId) -> None:
    with suppress(ZeroDivisionError):
        async with bench.database.transaction(workspace, SYSTEM) as tx:
            await defer(tx, "test.note")
            raise ZeroDivisionError
    await bench.work()
    assert bench.done == []


async def test_a_rollback_to_a_savepoint_leaves_only_the_jobs_before_it(
    bench: Bench, workspace: WorkspaceId
) -> None:
    async with bench.database.transaction(workspace, SYSTEM) as tx:
        with suppress(ZeroDivisionError):
            async with tx.conn.begin_nested():
                await defer(tx, "test.note", args={"n": 0})
                raise ZeroDivisionError
        await defer(tx, "test.note", args={"n": 1})
        with suppress(ZeroDivisionError):
            async with tx.conn.begin_nested():
                await defer(tx, "test.note", args={"n": 2})
                raise ZeroDivisionError
        async with tx.conn.begin_nested():
            await defer(tx, "test.note", args={"n": 3})
    await bench.work()
    assert sorted(job.args["n"] for job in bench.done) == [1, 3]


@pytest.mark.parametrize("name", ["", "drain", "Sending.drain", "sending.drain; drop", "a.b\n"])
async def test_a_name_that_is_no_job_is_refused(
    bench: Bench, workspace: WorkspaceId, name: str
) -> None:
    async with bench.database.transaction(workspace, SYSTEM) as tx:
        with pytest.raises(InvalidInput, match=r"room\.verb"):
            await defer(tx, name)


async def test_jobs_of_one_key_never_run_at_the_same_time(
    database: Database, workspace: WorkspaceId
) -> None:
    running: dict[str | None, int] = {}
    most = 0
    done: list[tuple[str | None, int]] = []

    @register("test.slow")
    async def slow(_world: object, job: Job) -> None:
        nonlocal most
        running[job.key] = running.get(job.key, 0) + 1
        most = max(most, *running.values())
        await asyncio.sleep(0.02)
        running[job.key] -= 1
        done.append((job.key, job.args["n"]))

    async with database.transaction(workspace, SYSTEM) as tx:
        for number in range(12):
            await defer(tx, "test.slow", f"lead:{number % 3}", {"n": number})
    worker = asyncio.create_task(Worker(database, lambda _: None, SystemClock()).run())
    try:
        async with asyncio.timeout(120):
            while len(done) < 12:
                await asyncio.sleep(0.05)
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
    assert most == 1
    for key in ("lead:0", "lead:1", "lead:2"):
        numbers = [number for found, number in done if found == key]
        assert numbers == sorted(numbers)
        assert len(numbers) == 4


async def test_a_job_of_a_worker_that_died_is_run_again(
    database: Database, workspace: WorkspaceId
) -> None:
    done = []

    @register("test.note")
    async def note(_world: object, job: Job) -> None:
        done.append(job.args["n"])

    async with database.transaction(workspace, SYSTEM) as tx:
        await defer(tx, "test.note", "lead:1", {"n": 1})
    dsn = database.owner.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as owner:
        owner.execute("set search_path = jobs")
        owner.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - '1h'::interval)"
        )
        owner.execute(
            "update procrastinate_jobs set status = 'doing',"
            " worker_id = (select id from procrastinate_workers)"
        )
    await Worker(database, lambda _: None, SystemClock()).run(until_empty=True)
    assert done == [1]


async def test_a_job_that_fails_is_tried_again_later_and_then_given_up(
    database: Database, workspace: WorkspaceId
) -> None:
    tries = 0

    @register("test.fails", retries=1)
    async def fails(_world: object, _job: Job) -> None:
        nonlocal tries
        tries += 1
        raise RuntimeError("no")

    async with database.transaction(workspace, SYSTEM) as tx:
        await defer(tx, "test.fails")
    dsn = database.owner.set(drivername="postgresql").render_as_string(hide_password=False)
    status = []
    with psycopg.connect(dsn, autocommit=True) as owner:
        for _ in range(3):
            await Worker(database, lambda _: None, SystemClock()).run(until_empty=True)
            row = owner.execute("select status::text from jobs.procrastinate_jobs").fetchone()
            assert row is not None
            status.append(row[0])
            owner.execute("update jobs.procrastinate_jobs set scheduled_at = null")
    assert tries == 2
    assert status == ["todo", "failed", "failed"]


async def test_a_job_of_the_rehearsal_waits_for_its_time(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    queue = InProcessQueue(clock)
    done = []

    @register("test.chain")
    async def chain(_world: object, job: Job) -> None:
        done.append((clock.now(), job.args["n"]))
        if job.args["n"] < 3:
            async with database.transaction(job.workspace, SYSTEM) as tx:
                later = tx.now + timedelta(days=1)
                await defer(tx, "test.chain", args={"n": job.args["n"] + 1}, not_before=later)

    with bound(queue):
        start = clock.now()
        async with database.transaction(workspace, SYSTEM) as tx:
            await defer(tx, "test.chain", args={"n": 1})
        while queue.next_at:
            clock.advance(queue.next_at - clock.now())
            await queue.run_due(None)
    assert done == [(start + timedelta(days=day), day + 1) for day in range(3)]


def test_a_name_has_one_task() -> None:
    @register("test.note")
    async def first(_world: object, _job: Job) -> None: ...

    async def second(_world: object, _job: Job) -> None: ...

    with pytest.raises(Broken, match="registered twice"):
        register("test.note")(second)
    with pytest.raises(Broken, match=r"test\.other has no code"):
        jobs.task("test.other")
    assert jobs.task("test.note").handler is first


def test_every_job_that_is_started_somewhere_has_code() -> None:
    source = Path(outrider.__file__).parent
    started: set[str] = set()
    coded: set[str] = set()
    for file in source.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
            texts = [str(a.value) for a in node.args if isinstance(a, ast.Constant)]
            if name == "defer" and file.parent.name != "kernel":
                started.update(texts[:1])
            if name == "register" and file.parent.name == "jobs":
                coded.update(texts[:1])
    assert started <= coded


async def test_a_job_works_in_the_workspace_that_it_was_started_in(
    database: Database, workspace: WorkspaceId
) -> None:
    async with database.connection() as conn:
        other = await access.ensure_workspace(conn, "other", database.clock.now())
    worked_in: list[WorkspaceId] = []

    @register("test.where")
    async def where(world: WorkspaceId, job: Job) -> None:
        worked_in.append(world)

    for each in (workspace, other):
        async with database.transaction(each, SYSTEM) as tx:
            await defer(tx, "test.where")
    await Worker(database, lambda of: of, SystemClock()).run(until_empty=True)
    assert sorted(worked_in) == sorted([workspace, other])


async def test_a_long_job_keeps_no_short_one_waiting(
    database: Database, workspace: WorkspaceId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_registry, "LONG_JOBS", frozenset({"test.long"}))
    done: list[str] = []

    @register("test.long")
    async def long(_world: object, _job: Job) -> None:
        done.append("long")

    @register("test.short")
    async def short(_world: object, _job: Job) -> None:
        done.append("short")

    async with database.transaction(workspace, SYSTEM) as tx:
        await defer(tx, "test.long")
        await defer(tx, "test.short")
    for line in (job_registry.SHORT, job_registry.LONG):
        await Worker(database, lambda _: None, SystemClock(), line=line).run(until_empty=True)
    assert done == ["short", "long"]
