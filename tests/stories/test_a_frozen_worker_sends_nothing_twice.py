"""A sender stands still past its lease while another drains; awake again, it sends nothing of theirs."""

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
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import URL

from outrider.kernel.clock import SystemClock, VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import Tx
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.telemetry import configure
from outrider.sending import send
from outrider.sending.types import SmtpTls
from tests.program import OUTRIDER, Program
from tests.sending_crowd import Crowd, fill
from tests.sending_world import FORM, KEY, Wire, World, make_world, means, plain

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it stops processes")

ROOT = Path(__file__).resolve().parent.parent.parent
MAILS = 400
PATIENCE_SECONDS = 120.0
STILL_SECONDS = 1.5
LEASE = "PT2S"


async def until(what: str, condition: Callable[[], bool]) -> None:
    """Wait for something that must come true; looked at often, for it may not last."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, f"it never came true that {what}"
        await asyncio.sleep(0.005)


@dataclass(frozen=True)
class Sink:
    """A mail server in a process of its own, and the list of what it took."""

    port: int
    journal: Path

    def took(self) -> list[str]:
        """The Message-IDs of what it took, in order."""
        if not self.journal.exists():
            return []
        lines = self.journal.read_text().split("\n")[:-1]
        return [json.loads(line)["message_id"] for line in lines]


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    journal = tmp_path / "journal"
    with subprocess.Popen(
        [sys.executable, "-m", "outrider.vendors.fakes.faulty_smtp", str(journal)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        yield Sink(int(server.stdout.readline()), journal)
        server.terminate()


@pytest.fixture
async def world(
    owner_url: URL, workspace: WorkspaceId, person: PersonId, sink: Sink
) -> AsyncIterator[World]:
    """Mails of one mailbox that are queued and due, under the machine's clock."""
    database = Database(owner_url, SystemClock(), pool_size=4)
    form = FORM.model_copy(
        update={
            "daily_cap": 100_000,
            "smtp": f"127.0.0.1:{sink.port}",
            "smtp_tls": SmtpTls.NONE,
        }
    )
    world = await make_world(database, workspace, person, form)
    fill(world, Crowd(MAILS, [world.mailbox], lambda n: f"dana{n}@depot.example", queued=True))
    yield world
    await database.close()


@dataclass(frozen=True)
class Machine:
    """A home of its own, and what other machines share: the database, the objects, the keys."""

    program: Program

    @contextmanager
    def sending(self) -> Iterator[subprocess.Popen[str]]:
        """`outrider send`, in a group of processes of its own."""
        with subprocess.Popen(
            [*OUTRIDER, "send", "--limit", "1000", "--json"],
            env=self.program.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)


def machine(folder: Path, owner_url: URL, name: str) -> Machine:
    home = folder / name
    (home / "keys").mkdir(parents=True, mode=0o700)
    (home / "keys" / "unsubscribe.key").write_bytes(KEY)
    settings = {
        "OUTRIDER_PUBLIC_URL": "https://outrider.brand.example",
        "OUTRIDER_OBJECT_STORE": str(folder / "objects"),
        "OUTRIDER_SEND_LEASE": LEASE,
    }
    return Machine(Program(home, owner_url, settings))


def logged(one: Machine, event: str) -> list[dict[str, Any]]:
    """The lines of its log that tell of this."""
    lines = (one.program.home / "logs" / "outrider.log").read_text().splitlines()
    return [line for line in map(json.loads, lines) if line["event"] == event]


def counted(world: World, condition: str) -> int:
    with psycopg.connect(plain(world.database.owner)) as conn:
        statement = f"select count(*) from outrider.outbox where {condition}"
        row = conn.execute(statement.encode()).fetchone()
    assert row is not None
    return int(row[0])


LEFT = "status in ('queued', 'deferred', 'sending')"


async def stopped_between_transactions(frozen: subprocess.Popen[str], owner_url: URL) -> None:
    """Stop it where it holds no row: others would wait for those until the server ends its transaction."""
    url = owner_url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as conn:
        while True:
            os.killpg(frozen.pid, signal.SIGSTOP)
            await asyncio.sleep(0.3)
            open_ones = conn.execute(
                "select count(*) from pg_stat_activity where datname = current_database()"
                " and state like 'idle in transaction%' and pid <> pg_backend_pid()"
            ).fetchone()
            if open_ones == (0,):
                return
            os.killpg(frozen.pid, signal.SIGCONT)
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("sent", [0, 1, 60])
async def test_what_another_took_over_is_not_sent_by_who_stood_still(
    world: World, sink: Sink, owner_url: URL, tmp_path: Path, sent: int
) -> None:
    first, second = (machine(tmp_path, owner_url, name) for name in ("first", "second"))
    with first.sending() as frozen:
        held = "claimed_by is not null and status = 'sending'"
        await until("it is at work", lambda: counted(world, held) > 0 and len(sink.took()) >= sent)
        await stopped_between_transactions(frozen, owner_url)
        before = set(sink.took())
        assert len(before) < MAILS, "it was done before it could be stopped"
        await until(
            "its lease is over", lambda: not counted(world, f"{held} and lease_until > now()")
        )
        second.program.ok("send", "--limit", "1000")
        (told,) = logged(second, "mails_taken_over")
        assert told["count"] > 0
        assert "stood still" in told["reason"]
        taken_over = set(sink.took())
        assert taken_over - before, "the other sent nothing"
        os.killpg(frozen.pid, signal.SIGCONT)
        out, err = frozen.communicate(timeout=PATIENCE_SECONDS)
    assert frozen.returncode == 0, err
    assert "Traceback" not in err
    # A row that it had locked when it was stopped was not the other's to settle.
    if counted(world, LEFT):
        second.program.ok("send", "--limit", "1000")
    assert counted(world, LEFT) == 0
    arrived = Counter(sink.took())
    assert max(arrived.values()) == 1, "a mail arrived twice"
    async with world.begin() as tx:
        rows = await tx.rows("select message_id, status from outbox")
    fates = {row["message_id"]: row["status"] for row in rows}
    assert len(fates) == MAILS
    assert set(fates.values()) <= {"sent", "unknown"}
    settled = {one for one, status in fates.items() if status == "sent"}
    assert settled <= set(arrived) <= set(fates)
    # What was at the wire of who stood still may have arrived or not: a person is asked.
    assert len(settled) >= len(taken_over - before)
    assert len(json.loads(out)["sent"]) + len(taken_over - before) <= MAILS


async def test_a_hand_off_that_was_confirmed_late_is_not_used(
    database: Database,
    workspace: WorkspaceId,
    person: PersonId,
    clock: VirtualClock,
    objects: Objects,
    tmp_path: Path,
) -> None:
    """It stands still while it waits to hear that its hand-off is written down, which it is."""
    world = await make_world(database, workspace, person)
    await world.approved(3)
    wire, lease = Wire(), timedelta(seconds=2)
    other = means(world, objects, wire, lease=lease, owner="other:1:1")
    stood_still: list[int] = []

    @asynccontextmanager
    async def begin() -> AsyncIterator[Tx]:
        async with world.begin() as tx:
            yield tx
        if not stood_still and counted(world, "handed_off_at is not null"):
            clock.advance(lease * 2)
            await send.drain(other)
            stood_still.append(len(wire.took))
            await asyncio.sleep(STILL_SECONDS)

    configure("INFO", tmp_path, to_stderr=False)
    await send.drain(replace(means(world, objects, wire, lease=lease), begin=begin))
    configure("WARNING", None)
    told = [json.loads(line) for line in (tmp_path / "outrider.log").read_text().splitlines()]
    assert "another took them over" in told[-1]["reason"]
    assert [line["event"] for line in told] == ["mails_taken_over", "mails_lost_to_another"]
    assert stood_still == [3], "the other took over and sent"
    assert len(wire.took) == 3
    assert counted(world, "status = 'sent'") == 3
