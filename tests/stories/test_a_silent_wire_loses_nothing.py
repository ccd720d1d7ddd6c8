"""A wire that stays open and passes nothing: whoever waits is told in time, once, and nothing is half-done."""

from __future__ import annotations

import asyncio
import json
import logging
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from outrider.kernel.audit.append import record
from outrider.kernel.clock import SystemClock
from outrider.kernel.database import connect
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.limits import Limits
from outrider.kernel.database.outage import hush
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import DatabaseUnavailable, Unavailable
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.telemetry import configure
from tests.silent_wire import Wire, wire_to_port, wire_to_socket
from tests.stories.test_a_store_that_answers_503_loses_nothing import Bucket

STATEMENT = timedelta(seconds=3)
SILENT = 3.0
TOLD_WITHIN = STATEMENT.total_seconds() + SILENT + 30
"""What is set, and what a busy machine needs besides; sooner than by the limits that nobody set."""


@pytest.fixture
async def wire(database: Database) -> AsyncIterator[tuple[Wire, Path]]:
    """A wire to the test's server, and the folder that its own socket lies in."""
    with tempfile.TemporaryDirectory(prefix="wire-") as folder:
        real = Path(str(database.owner.query["host"])) / ".s.PGSQL.5432"
        async with wire_to_socket(real, Path(folder) / ".s.PGSQL.5432") as opened:
            yield opened, Path(folder)


@pytest.fixture
async def far(
    database: Database, wire: tuple[Wire, Path], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Database]:
    """The same database, by that wire, with limits that a test can wait for."""
    monkeypatch.setattr(connect, "SILENT_SECONDS", SILENT)
    owner = database.owner.update_query_dict({"host": str(wire[1])})
    far = Database(owner, SystemClock(), pool_size=2, limits=Limits(STATEMENT, STATEMENT))
    yield far
    await far.close()


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    configure("INFO", tmp_path / "logs", to_stderr=False)
    hush(logging.getLogger().handlers)
    yield tmp_path / "logs" / "outrider.log"
    configure("WARNING", None)


def told(log_file: Path) -> list[str]:
    return [json.loads(line)["event"] for line in log_file.read_text().splitlines()]


async def count(database: Database) -> int:
    async with database.connection(Role.OWNER) as conn:
        found = await conn.exec_driver_sql("select count(*) from outrider.audit_events")
        number: int = found.scalar_one()
        return number


async def test_a_statement_into_silence_ends_in_time_and_leaves_nothing(
    far: Database,
    database: Database,
    workspace: WorkspaceId,
    wire: tuple[Wire, Path],
    log_file: Path,
) -> None:
    began = 0.0

    async def work() -> None:
        nonlocal began
        async with far.transaction(workspace, SYSTEM) as tx:
            await record(tx, "test.before", "thing:1")
            wire[0].fall_silent()
            began = time.monotonic()
            await record(tx, "test.lost", "thing:1")

    with pytest.raises(DatabaseUnavailable):
        await work()
    assert time.monotonic() - began < TOLD_WITHIN
    assert wire[0].swallowed
    wire[0].heal()
    async with far.transaction(workspace, SYSTEM) as tx:
        await record(tx, "test.after", "thing:1")
    await far.until_it_answers()
    assert await count(database) == 1, "the first half went with the transaction"
    assert told(log_file).count("database_gone") == 1


async def test_a_commit_into_silence_is_told_as_not_known_and_never_done_twice(
    far: Database, database: Database, workspace: WorkspaceId, wire: tuple[Wire, Path]
) -> None:
    began = 0.0

    async def work() -> None:
        nonlocal began
        async with far.transaction(workspace, SYSTEM) as tx:
            await record(tx, "test.lost", "thing:1")
            wire[0].fall_silent()
            began = time.monotonic()

    with pytest.raises(DatabaseUnavailable):
        await work()
    assert time.monotonic() - began < TOLD_WITHIN
    wire[0].heal()
    async with far.transaction(workspace, SYSTEM) as tx:
        await record(tx, "test.after", "thing:1")
    assert await count(database) <= 2


async def test_nobody_new_waits_long_and_it_is_back_by_itself(
    far: Database, workspace: WorkspaceId, wire: tuple[Wire, Path], log_file: Path
) -> None:
    async with far.transaction(workspace, SYSTEM) as tx:
        await record(tx, "test.before", "thing:1")
    wire[0].fall_silent()
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(DatabaseUnavailable):
            async with far.transaction(workspace, SYSTEM):
                raise AssertionError("it began")
        assert time.monotonic() - began < TOLD_WITHIN
    wire[0].heal()
    await asyncio.wait_for(far.until_it_answers(), 60)
    assert told(log_file) == ["database_gone", "database_back"]


async def test_the_server_lets_go_of_what_the_silent_one_held(
    far: Database, database: Database, workspace: WorkspaceId, wire: tuple[Wire, Path]
) -> None:
    async def work() -> None:
        async with far.transaction(workspace, SYSTEM) as tx:
            await tx.run("select 1 from outrider.workspaces for update")
            wire[0].fall_silent()
            await tx.run("select 1")

    with pytest.raises(DatabaseUnavailable):
        await work()
    wire[0].heal()
    async with asyncio.timeout(60), database.transaction(workspace, SYSTEM) as tx:
        await tx.run("select 1 from outrider.workspaces for update")


async def test_a_silent_object_store_says_so_and_takes_the_bytes_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Bucket()
    server = await asyncio.start_server(store.serve, "127.0.0.1", 0)
    async with wire_to_port(server.sockets[0].getsockname()[1]) as (wire, port):
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }.items():
            monkeypatch.setenv(name, value)
        objects = Objects("s3://bucket")
        digest = await objects.put(b"before")
        wire.fall_silent()
        began = time.monotonic()
        with pytest.raises(Unavailable, match="object store"):
            await objects.put(b"lost")
        assert time.monotonic() - began < 120
        wire.heal()
        await objects.put(b"lost")
        assert await objects.get(digest) == b"before"
        assert sum(body == b"lost" for body in store.kept.values()) == 1
    server.close()
