"""Two machines send from one database: every mail once, and what a dead machine had is not sent blindly.

A second machine here is a process in another UTS namespace: another host's name, a home of its own with
its own locks and journals, the same keys, the same store.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.secrets import Keys
from outrider.sending import mailboxes
from tests.program import OUTRIDER, Program
from tests.sending_crowd import Crowd, fill
from tests.sending_world import FORM, KEY, World, make_world, plain
from tests.stories.test_several_senders_share_the_mailboxes import arrived, sink, until

__all__ = ["sink"]

MAILS = 600
BOXES = 4
SEND = ("send", "--limit", "5000", "--workers", "1", "--json")


def can_be_elsewhere() -> bool:
    """Whether this machine lets us give a process another host's name."""
    asked = ["unshare", "--uts", "true"]
    try:
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not can_be_elsewhere(), reason="no right to make another UTS namespace"),
]


@dataclass(frozen=True)
class Machine:
    """A host with Outrider on it."""

    name: str
    program: Program

    @property
    def command(self) -> list[str]:
        """How `outrider send` is started there."""
        there = 'hostname "$0" && exec "$@"'
        return ["unshare", "--uts", "sh", "-c", there, self.name, *OUTRIDER, *SEND]

    def send(self) -> subprocess.CompletedProcess[str]:
        """Send all that is due, to the end."""
        return subprocess.run(
            self.command,
            env=self.program.environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def begin(self) -> subprocess.Popen[str]:
        """Begin to send."""
        return subprocess.Popen(
            self.command,
            env=self.program.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


@pytest.fixture
async def world(
    owner_url: URL, workspace: WorkspaceId, person: PersonId, sink: tuple[int, Path]
) -> AsyncIterator[World]:
    form = FORM.model_copy(update={"daily_cap": 100_000, "smtp": f"127.0.0.1:{sink[0]}"})
    database = Database(owner_url, SystemClock())
    made = await make_world(database, workspace, person, form)
    async with made.begin() as tx:
        others = [
            await mailboxes.add(tx, form.model_copy(update={"address": f"s{n}@try-brand.example"}))
            for n in range(BOXES - 1)
        ]
    fill(made, Crowd(MAILS, [made.mailbox, *others], queued=True))
    yield made
    await database.close()


@pytest.fixture
def machines(tmp_path: Path, owner_url: URL) -> list[Machine]:
    made = []
    for name in ("first.example", "second.example"):
        home = tmp_path / name
        keys = Keys(home).folder
        keys.mkdir(mode=0o700, parents=True)
        (keys / "unsubscribe.key").write_bytes(KEY)
        (keys / "unsubscribe.key").chmod(0o600)
        extra = {
            "OUTRIDER_PUBLIC_URL": "https://outrider.brand.example",
            "OUTRIDER_OBJECT_STORE": str(tmp_path / "store"),
        }
        made.append(Machine(name, Program(home, owner_url, extra)))
    return made


def states(world: World) -> dict[str, str]:
    """What became of each mail, by its Message-ID."""
    with psycopg.connect(plain(world.database.owner)) as conn:
        return dict(conn.execute("select message_id, status from outrider.outbox").fetchall())


@contextmanager
def at_a_closed_door(world: World, many: int) -> Iterator[None]:
    """What begins in the block waits until so many stand at the outbox, so that none is late."""
    with psycopg.connect(plain(world.database.owner)) as door:
        door.execute("lock table outrider.outbox in access exclusive mode")
        yield
        waiting = (
            "select count(distinct pid) from pg_locks"
            " where relation = 'outrider.outbox'::regclass and not granted"
        )
        with psycopg.connect(plain(world.database.owner), autocommit=True) as porter:
            until(lambda: porter.execute(waiting).fetchone() == (many,))


def die_at_the_wire(machine: Machine, journal: Path) -> None:
    """Begin to send there, and lose the machine's process while mails leave."""
    with machine.begin() as sender:
        until(lambda: len(journal.read_text().splitlines()) >= 20)
        os.killpg(sender.pid, signal.SIGKILL)
        sender.communicate(timeout=90)


async def test_both_send_at_once_and_every_mail_arrives_once(
    world: World, machines: list[Machine], sink: tuple[int, Path]
) -> None:
    with ThreadPoolExecutor(2) as pool:
        with at_a_closed_door(world, 2):
            sending = pool.map(Machine.send, machines)
        done = list(sending)
    assert [one.returncode for one in done] == [0, 0], [one.stderr for one in done]
    assert Counter(states(world).values()) == {"sent": MAILS}
    assert sorted(arrived(sink[1]).values()) == [1] * MAILS
    async with world.begin() as tx:
        rows = await tx.rows("select distinct split_part(claimed_by, ':', 1) as at from outbox")
    assert len(rows) == 2, "one machine had nothing to do"


async def test_what_a_dead_machine_had_at_the_wire_is_unknown_to_the_other(
    world: World, machines: list[Machine], sink: tuple[int, Path]
) -> None:
    first, second = machines
    die_at_the_wire(second, sink[1])
    held = [id_ for id_, status in states(world).items() if status == "sending"]
    assert held

    # Before its lease ends nobody touches what the dead one held: it might live.
    assert first.send().returncode == 0
    assert {states(world)[id_] for id_ in held} == {"sending"}

    with psycopg.connect(plain(world.database.owner)) as conn:
        conn.execute(
            "update outrider.outbox set lease_until = now() - interval '1 second'"
            " where status = 'sending'"
        )
    again = first.send()
    assert again.returncode == 0, again.stderr
    ended = states(world)
    assert set(ended.values()) <= {"sent", "unknown"}
    assert {id_ for id_, status in ended.items() if status == "unknown"} <= set(held)
    counts = arrived(sink[1])
    assert max(counts.values()) == 1
    assert {id_ for id_, status in ended.items() if status == "sent"} <= set(counts)


async def test_a_machine_that_comes_back_knows_from_its_journal_what_had_left(
    world: World, machines: list[Machine], sink: tuple[int, Path]
) -> None:
    first, second = machines
    die_at_the_wire(second, sink[1])
    assert "sending" in states(world).values()
    back = second.send()
    assert back.returncode == 0, back.stderr
    assert first.send().returncode == 0
    ended = Counter(states(world).values())
    assert max(arrived(sink[1]).values()) == 1
    # One mail a mailbox may have touched the wire without an answer; the journal names the others.
    assert ended["sent"] + ended["unknown"] == MAILS
    assert ended["unknown"] <= BOXES
