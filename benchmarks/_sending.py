"""Senders as processes of their own, Postfix's smtp-sink, and whose CPU time was spent.

In: a number of mails and of senders. Out: mails a second and CPU by part. Never: a mail that was not
signed, kept, looked at and recorded as the product does it.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from psycopg import sql
from sqlalchemy import URL

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.conftest import add_person
from tests.database import shared_server
from tests.sending_crowd import Crowd, fill
from tests.sending_world import FORM, World, make_world, plain

from outrider.kernel import heap
from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database, parse_url
from outrider.kernel.database.migrate import upgrade
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import WorkspaceId, new_id
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.secrets.people import People
from outrider.sending import dkim, mailboxes, send
from outrider.sending.means import Means
from outrider.sending.ports import MailTransport
from outrider.sending.types import Mailbox, MailboxId
from outrider.vendors.smtp import Server, Smtp

ROOT = Path(__file__).resolve().parent.parent
_TICK = os.sysconf("SC_CLK_TCK")
_WHERE = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"


@dataclass(frozen=True)
class Order:
    """What one sender process shall do."""

    dsn: str
    workspace: str
    mailboxes: list[str]
    port: int
    key: str
    home: str
    lanes: int


@dataclass(frozen=True)
class Spent:
    """What a sender says at its end."""

    sent: int
    cpu_seconds: float


@dataclass
class Trial:
    """A world whose outbox is full, and a sink."""

    world: World
    boxes: list[Mailbox]
    home: Path
    port: int
    sink: int
    postmaster: int


def program(name: str) -> str:
    """A test program of Postfix, or the end of this figure with a sentence."""
    found = shutil.which(name, path=_WHERE)
    if found is None:
        sys.exit(f"{name} is not installed (Debian's postfix has it), so there is no figure.")
    return found


@contextmanager
def sink() -> Iterator[tuple[int, int]]:
    """Postfix's smtp-sink on a free port; its port and process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    account = ["-u", "nobody"] if os.geteuid() == 0 else []
    running = subprocess.Popen(
        [program("smtp-sink"), *account, f"127.0.0.1:{port}", "1000"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until_it_listens(port)
        yield port, running.pid
    finally:
        running.terminate()
        running.wait()


def smtp_source(port: int, mails: int, length: int) -> float:
    """Mails a second of Postfix's own load generator, ten kept connections."""
    account = ["-f", "sam@try-brand.example", "-t", "dana@depot.example"]
    start = time.perf_counter()
    subprocess.run(
        [program("smtp-source"), "-d", "-s", "10", "-m", str(mails), "-l", str(length), *account,
         f"127.0.0.1:{port}"],
        check=True,
    )  # fmt: skip
    return mails / (time.perf_counter() - start)


@contextmanager
def trial(count: int, boxes: int) -> Iterator[Trial]:
    """A database of its own with so many queued mails from so many mailboxes, and a sink."""
    home = Path(tempfile.mkdtemp(prefix="outrider-bench-"))
    owner = parse_url(shared_server(home).dsn)
    name = "sending"
    with psycopg.connect(plain(owner), autocommit=True) as conn:
        conn.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    own = owner.set(database=name)
    upgrade(own)
    world, made = asyncio.run(_world(Database(own, SystemClock()), boxes))
    fill(world, Crowd(count, made, queued=True))
    with sink() as (port, pid):
        yield Trial(world, made, home, port, pid, _postmaster(own))


def _postmaster(owner: URL) -> int:
    """The process that all of Postgres descends from."""
    with psycopg.connect(plain(owner)) as conn:
        stat = Path(f"/proc/{conn.info.backend_pid}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[1])


async def _world(database: Database, boxes: int) -> tuple[World, list[Mailbox]]:
    now = datetime.now(UTC)
    workspace = WorkspaceId(new_id(now))
    async with database.connection() as conn:
        await conn.exec_driver_sql(
            "insert into outrider.workspaces (id, name, created_at) values (%s, 'bench', %s)",
            (workspace, now),
        )
    person = await add_person(database, workspace, "Ann Reed", "ann@try-brand.example")
    form = FORM.model_copy(update={"daily_cap": 100_000})
    world = await make_world(database, workspace, person, form)
    async with database.transaction(workspace, SYSTEM) as tx:
        others = [
            await mailboxes.add(tx, form.model_copy(update={"address": f"s{n}@try-brand.example"}))
            for n in range(boxes - 1)
        ]
    await database.close()
    return world, [world.mailbox, *others]


def orders(trial: Trial, processes: int, lanes: int) -> list[Order]:
    """The same work for each of some processes, by mailboxes."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    dsn = trial.world.database.owner.render_as_string(hide_password=False)
    return [
        Order(
            dsn,
            str(trial.world.workspace),
            [str(box.id) for box in trial.boxes[number::processes]],
            trial.port,
            pem,
            str(trial.home),
            lanes,
        )
        for number in range(processes)
    ]


def start(several: list[Order]) -> list[subprocess.Popen[str]]:
    """Senders that wait for the word."""
    senders = [
        subprocess.Popen(
            [sys.executable, str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in several
    ]
    for sender, order in zip(senders, several, strict=True):
        assert sender.stdin is not None
        assert sender.stdout is not None
        sender.stdin.write(json.dumps(asdict(order)) + "\n")
        sender.stdin.flush()
        sender.stdout.readline()
    return senders


def go(senders: list[subprocess.Popen[str]]) -> None:
    """The word."""
    for sender in senders:
        assert sender.stdin is not None
        sender.stdin.write("go\n")
        sender.stdin.flush()


def ended(senders: list[subprocess.Popen[str]]) -> list[Spent]:
    """What each has done, once all are."""
    told = [sender.communicate()[0].strip().splitlines()[-1] for sender in senders]
    return [Spent(**json.loads(line)) for line in told]


def cpu_of(pid: int, *, with_children: bool = False) -> float:
    """CPU seconds of a process; with its children, those that ended and those that run."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    if not with_children:
        return ticks / _TICK
    ticks += int(fields[13]) + int(fields[14])
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return ticks / _TICK + sum(cpu_of(int(child)) for child in children)


def _until_it_listens(port: int) -> None:
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port}")


async def _send(order: Order) -> int:
    """One sender's work, as `outrider send` does it."""
    database = Database(parse_url(order.dsn), SystemClock(), pool_size=16)
    database.sealing = People(Keys(Path(order.home)))
    workspace = WorkspaceId(UUID(order.workspace))
    signer = dkim.load(order.key.encode(), "try-brand.example", "o1")

    def wire(mailbox: Mailbox) -> MailTransport:
        return Smtp(Server("127.0.0.1", order.port, timeout=timedelta(seconds=30)))

    means = Means(
        begin=lambda: database.transaction(workspace, SYSTEM),
        transports=wire,
        objects=Objects(str(Path(order.home) / "objects")),
        signers=lambda mailbox: signer,
        lanes=order.lanes,
        journal=Path(order.home) / "sending",
    )
    async with means.begin() as tx:
        await tx.row("select 1")
    heap.settled()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    report = await send.drain(
        means, limit=1_000_000, only={MailboxId(UUID(one)) for one in order.mailboxes}
    )
    await database.close()
    return len(report.sent)


def main() -> None:
    """One sender: an order on stdin, a line when it is ready, work at the word, a line at the end."""
    order = Order(**json.loads(sys.stdin.readline()))
    before = resource.getrusage(resource.RUSAGE_SELF)
    sent = asyncio.run(_send(order))
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps(asdict(Spent(sent, round(spent, 3)))))


if __name__ == "__main__":
    main()
