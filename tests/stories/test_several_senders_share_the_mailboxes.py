"""Several senders at once, each a whole process: one a mailbox, every mail once, whoever dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import URL

from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.secrets import Keys
from outrider.sending import mailboxes
from tests.program import OUTRIDER, Program
from tests.sending_crowd import Crowd, fill
from tests.sending_world import FORM, KEY, World, make_world

MAILS = 800

pytestmark = pytest.mark.slow


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A mail server in a process of its own: its port and its journal."""
    journal = tmp_path / "arrived"
    server = subprocess.Popen(
        [sys.executable, "-m", "outrider.vendors.fakes.faulty_smtp", str(journal)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    yield int(server.stdout.readline()), journal
    server.terminate()
    server.communicate(timeout=60)


@pytest.fixture
async def world(
    owner_url: URL, workspace: WorkspaceId, person: PersonId, sink: tuple[int, Path]
) -> AsyncIterator[World]:
    form = FORM.model_copy(update={"daily_cap": 100_000, "smtp": f"127.0.0.1:{sink[0]}"})
    database = Database(owner_url, SystemClock())
    yield await make_world(database, workspace, person, form)
    await database.close()


@pytest.fixture
def program(home: Path, owner_url: URL) -> Program:
    """Outrider with the key that the mails' links were made with."""
    keys = Keys(home).folder
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    (keys / "unsubscribe.key").write_bytes(KEY)
    (keys / "unsubscribe.key").chmod(0o600)
    return Program(home, owner_url, {"OUTRIDER_PUBLIC_URL": "https://outrider.brand.example"})


async def crowd(world: World, boxes: int) -> None:
    async with world.begin() as tx:
        form = FORM.model_copy(
            update={"daily_cap": 100_000, "smtp": f"127.0.0.1:{world.mailbox.smtp_port}"}
        )
        others = [
            await mailboxes.add(tx, form.model_copy(update={"address": f"s{n}@try-brand.example"}))
            for n in range(boxes - 1)
        ]
    fill(world, Crowd(MAILS, [world.mailbox, *others], queued=True))


async def senders(world: World) -> dict[str, set[str]]:
    """Which processes had the mails of each mailbox; every mail is sent."""
    async with world.begin() as tx:
        rows = await tx.rows(
            "select mailbox_id, claimed_by, status, reason, count(*) as many from outbox"
            " group by 1, 2, 3, 4"
        )
    assert {(row["status"], row["reason"]) for row in rows} == {("sent", None)}
    assert sum(row["many"] for row in rows) == MAILS
    several: dict[str, set[str]] = {}
    for row in rows:
        several.setdefault(str(row["mailbox_id"]), set()).add(row["claimed_by"])
    return several


def arrived(journal: Path) -> Counter[str]:
    return Counter(json.loads(line)["message_id"] for line in journal.read_text().splitlines())


@pytest.mark.parametrize("boxes", [1, 4])
async def test_two_processes_never_have_one_mailbox_and_every_mail_arrives_once(
    world: World, program: Program, sink: tuple[int, Path], boxes: int
) -> None:
    await crowd(world, boxes)
    with ThreadPoolExecutor(2) as pool:
        send = ("send", "--limit", "5000", "--workers", "1")
        reports = list(pool.map(lambda _: program.json(*send), range(2)))
    several = await senders(world)
    assert len(several) == boxes
    assert [len(owners) for owners in several.values()] == [1] * boxes
    assert sorted(arrived(sink[1]).values()) == [1] * MAILS
    sent = [mail["message_id"] for report in reports for mail in report["sent"]]
    assert len(sent) == len(set(sent)) == MAILS
    why = {mail["reason"] for report in reports for mail in report["waiting"]}
    assert all(reason.startswith("another sender is at work for ") for reason in why)


async def test_one_command_sends_by_several_processes(
    world: World, program: Program, sink: tuple[int, Path]
) -> None:
    await crowd(world, 4)
    report = program.json("send", "--limit", "5000", "--workers", "2")
    several = await senders(world)
    assert [len(owners) for owners in several.values()] == [1] * 4
    assert len(set.union(*several.values())) == 2
    assert sorted(arrived(sink[1]).values()) == [1] * MAILS
    assert len(report["sent"]) == MAILS
    assert report["waiting"] == report["stopped"] == []


async def test_a_limit_holds_for_all_processes_together(
    world: World, program: Program, sink: tuple[int, Path]
) -> None:
    await crowd(world, 3)
    report = program.json("send", "--limit", "100", "--workers", "3")
    assert len(report["sent"]) == 100
    assert sorted(arrived(sink[1]).values()) == [1] * 100


async def test_when_one_process_dies_the_next_command_sends_the_rest_and_nothing_twice(
    world: World, program: Program, sink: tuple[int, Path]
) -> None:
    await crowd(world, 4)
    command = [*OUTRIDER, "send", "--json", "--limit", "5000", "--workers", "2"]
    with subprocess.Popen(
        command, env=program.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as parent:
        until(lambda: bool(sink[1].read_text()))
        os.kill(children(parent.pid)[0], signal.SIGKILL)
        out, err = parent.communicate(timeout=120)
    assert parent.returncode not in (0, 1), out
    assert "Traceback" not in err
    assert "ended early" in err
    program.json("send", "--limit", "5000", "--workers", "2")
    counts = arrived(sink[1])
    assert max(counts.values()) == 1
    async with world.begin() as tx:
        rows = await tx.rows("select message_id, status from outbox")
    assert {row["status"] for row in rows} <= {"sent", "unknown"}
    assert {row["message_id"] for row in rows if row["status"] == "sent"} <= set(counts)
    # At most what the dead process had at the wire: one mail a mailbox.
    assert sum(row["status"] == "unknown" for row in rows) <= 4


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def until(is_so: Callable[[], bool], seconds: float = 120) -> None:
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, "it did not come to pass"
        time.sleep(0.005)
