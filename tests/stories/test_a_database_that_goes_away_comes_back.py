"""The database is killed, or stands still: `outrider up` says so once, waits, and goes on by itself."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import psycopg
import pytest

from outrider.kernel import access, job_registry
from outrider.kernel.clock import SystemClock, VirtualClock
from outrider.kernel.database.connect import Database, parse_url
from outrider.kernel.database.embedded import ensure
from outrider.kernel.database.migrate import upgrade
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import DatabaseUnavailable
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.jobs import Job, defer, register
from outrider.kernel.jobs_procrastinate import Worker
from tests.conftest import add_person
from tests.database_clients import Party, party, tell
from tests.program import OUTRIDER, Program
from tests.sending_world import KEY, World, make_world

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it watches processes in /proc")

PATIENCE_SECONDS = 120.0


async def until(what: str, condition: Callable[[], Any]) -> None:
    """Wait for something that must come true."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, f"it never came true that {what}"
        await asyncio.sleep(0.1)


@dataclass
class Up:
    """`outrider up` with an embedded database of its own."""

    guests: Party
    url: str

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        answer = httpx2.get(self.url + path, timeout=PATIENCE_SECONDS)
        return answer.status_code, answer.json()

    @property
    def is_ready(self) -> bool:
        return self.get("/readyz")[0] == 200

    @property
    def sent(self) -> list[Path]:
        folder = self.guests.home / "outbox" / "new"
        return list(folder.iterdir()) if folder.is_dir() else []

    def log(self) -> list[dict[str, Any]]:
        text = (self.guests.home / "logs" / "outrider.log").read_text()
        return [json.loads(line) for line in text.splitlines()]

    def told(self, event: str) -> int:
        return sum(line["event"] == event for line in self.log())


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    with party() as guests:
        guests.home.mkdir()
        keys = guests.home / "keys"
        keys.mkdir(mode=0o700)
        (keys / "unsubscribe.key").write_bytes(KEY)
        settings = {"OUTRIDER_PORT": "0", "OUTRIDER_PUBLIC_URL": "https://outrider.brand.example"}
        errors = tmp_path / "errors"
        with (
            errors.open("w") as err,
            subprocess.Popen(
                [*OUTRIDER, "up"],
                env=Program(guests.home, extra=settings).environment,
                stdout=subprocess.PIPE,
                stderr=err,
                text=True,
            ) as process,
        ):
            try:
                assert process.stdout is not None
                said = process.stdout.readline()
                assert "ready at" in said, errors.read_text()
                yield Up(guests, said.split()[-1])
            finally:
                process.terminate()
                try:
                    process.wait(PATIENCE_SECONDS)
                finally:
                    process.kill()


@pytest.fixture
async def world(up: Up) -> AsyncIterator[World]:
    """A workspace of its database; what is written in it is some hours old."""
    server = ensure(up.guests.home)
    database = Database(
        parse_url(server.dsn), VirtualClock(datetime.now(UTC) - timedelta(hours=3)), pool_size=3
    )
    async with database.connection() as conn:
        found = await conn.exec_driver_sql("select id from outrider.workspaces")
        workspace = WorkspaceId(UUID(str(found.scalar_one())))
    person = await add_person(database, workspace, "Ann Reed", "ann@try-brand.example")
    yield await make_world(database, workspace, person)
    await database.close()
    server.release()


async def drain(world: World) -> None:
    """Ask the worker of `outrider up` to send."""
    async with world.begin() as tx:
        await defer(tx, "sending.drain", key="all")


def number(database: Database, statement: str) -> int:
    url = database.owner.set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as conn:
        row = conn.execute(statement.encode()).fetchone()
    assert row is not None
    return int(row[0])


UNSEALED = (
    "select (select count(*) from outrider.audit_events)"
    " - (select coalesce(max(size), 0) from outrider.audit_seals)"
)
LISTENING = "select count(*) from pg_stat_activity where query like 'LISTEN%procrastinate%'"
JOBS_LEFT = "select count(*) from jobs.procrastinate_jobs where status in ('todo', 'doing')"


async def works(up: Up, world: World) -> None:
    """Jobs run, their worker is told of new ones, and the log is sealed."""
    await until("both workers listen", lambda: number(world.database, LISTENING) == 2)
    await drain(world)
    await until("jobs are done", lambda: number(world.database, JOBS_LEFT) == 0)
    await until("the log is sealed", lambda: number(world.database, UNSEALED) == 0)


def killed(guests: Party) -> Callable[[], None]:
    """Postgres is killed; it comes back by itself, and nothing has to be done for it."""
    # A new worker of Postgres bears its parent's name for an instant.
    while len(found := guests.postmasters()) != 1:
        time.sleep(0.01)
    os.kill(found[0], signal.SIGKILL)
    return lambda: None


def stands_still(guests: Party) -> Callable[[], None]:
    """Every process of Postgres is stopped, until what is returned is called."""
    frozen: set[int] = set()
    # Until the postmaster stands still it may start one more.
    while moving := set(guests.servers()) - set(guests.supervisors()) - frozen:
        tell(moving, signal.SIGSTOP)
        frozen |= moving
    return lambda: tell(frozen, signal.SIGCONT)


@contextmanager
def gone(up: Up, trouble: Callable[[Party], Callable[[], None]]) -> Iterator[None]:
    """The block runs while the database does not answer; after it, trouble ends."""
    end = trouble(up.guests)
    try:
        yield
    finally:
        end()


@pytest.mark.parametrize("trouble", [killed, stands_still])
async def test_what_was_approved_before_is_sent_once_after(
    up: Up, world: World, trouble: Callable[[Party], Callable[[], None]]
) -> None:
    await world.approved(1)
    await works(up, world)
    assert len(up.sent) == 1, "it works while nothing is wrong"
    await world.approved(1, email="lee{n}@depot.example")
    with gone(up, trouble):
        status, problem = up.get("/readyz")
        # One that was killed may be back before anybody can ask.
        if trouble is stands_still or status != 200:
            assert (status, problem["code"]) == (503, "database_unavailable")
            assert problem["detail"].startswith("The database does not answer")
            assert "\n" not in problem["detail"]
        assert up.get("/healthz")[0] == 200
    await until("it is ready again", lambda: up.is_ready)
    await works(up, world)
    await works(up, world)
    assert len(up.sent) == 2
    async with world.begin() as tx:
        rows = await tx.rows("select status from outbox")
    assert [row["status"] for row in rows] == ["sent", "sent"]
    await is_told_plainly(up)


async def is_told_plainly(up: Up) -> None:
    """One line when it went and one when it was back, and no traceback and no flood between."""
    await until("it was said", lambda: up.told("database_back"))
    log = up.log()
    assert (up.told("database_gone"), up.told("database_back")) == (1, 1), log
    (gone_line,) = [line for line in log if line["event"] == "database_gone"]
    assert gone_line["reason"]
    assert [line for line in log if "exception" in line] == []
    assert up.told("part_fell") == 0
    after = [line for line in log if line["timestamp"] >= gone_line["timestamp"]]
    loud = [line for line in after if line["level"] != "info"]
    seconds = Counter((line["timestamp"][:19], line["event"], line.get("line")) for line in loud)
    assert max(seconds.values()) == 1, "a line came twice within a second"


async def test_a_long_absence_is_one_line_each_way(up: Up) -> None:
    (supervisor,) = up.guests.supervisors()
    os.kill(supervisor, signal.SIGSTOP)  # so that nobody starts Postgres again
    try:
        killed(up.guests)
        await until("it is not ready", lambda: not up.is_ready)
        for _ in range(40):
            assert not up.is_ready
            assert up.get("/healthz")[0] == 200
    finally:
        os.kill(supervisor, signal.SIGCONT)
    await until("it is ready again", lambda: up.is_ready)
    await is_told_plainly(up)


@pytest.fixture
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_registry, "_tasks", {})


@pytest.fixture
async def database() -> AsyncIterator[tuple[Party, Database, WorkspaceId]]:
    """An embedded database that nobody works on, and a workspace in it."""
    with party() as guests:
        server = await asyncio.to_thread(ensure, guests.home)
        owner = parse_url(server.dsn)
        await asyncio.to_thread(upgrade, owner)
        database = Database(owner, SystemClock(), pool_size=3)
        async with database.connection() as conn:
            workspace = await access.ensure_workspace(conn, "default", database.clock.now())
        yield guests, database, workspace
        await database.close()
        server.release()


async def asking(store: Database) -> None:
    """Ask until there is no answer: a worker of Postgres may give one before it misses its parent."""
    while True:
        await store.answers()


@pytest.mark.usefixtures("own_registry")
async def test_a_job_that_ends_while_the_database_is_away_ran_once(
    database: tuple[Party, Database, WorkspaceId],
) -> None:
    guests, store, workspace = database
    begun, may_end, ran = asyncio.Event(), asyncio.Event(), 0

    @register("test.slow")
    async def slow(here: object, job: Job) -> None:
        nonlocal ran
        ran += 1
        begun.set()
        await may_end.wait()

    working = asyncio.create_task(Worker(store, lambda _: None, SystemClock()).run_forever())
    async with store.transaction(workspace, SYSTEM) as tx:
        await defer(tx, "test.slow", key="one")
        await defer(tx, "test.slow", key="one")
    await asyncio.wait_for(begun.wait(), PATIENCE_SECONDS)
    (supervisor,) = guests.supervisors()
    os.kill(supervisor, signal.SIGSTOP)  # so that nobody starts Postgres again
    try:
        killed(guests)
        with pytest.raises(DatabaseUnavailable):
            await asyncio.wait_for(asking(store), PATIENCE_SECONDS)
        may_end.set()
    finally:
        os.kill(supervisor, signal.SIGCONT)
    await asyncio.wait_for(store.until_it_answers(), PATIENCE_SECONDS)
    await until("jobs are done", lambda: number(store, JOBS_LEFT) == 0)
    assert ran == 2, "the second was let in when the first had ended, and none came again"
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
