"""Senders that are killed: a process that forks senders, ends them with SIGKILL, and starts again.

In: a JSON object on stdin (see `Order`). Out: one JSON line: kills, and those that met unfinished work.
Never: a kill that a sender could see coming.

A process of its own, because a fork needs no imports and dies alone.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database, parse_url
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending import send
from outrider.sending.means import Means
from outrider.sending.ports import MailTransport
from outrider.sending.types import Mailbox
from outrider.vendors.maildir import Maildir
from outrider.vendors.smtp import Server, Smtp


@dataclass(frozen=True)
class Order:
    """What the test asks for."""

    dsn: str
    workspace: str
    objects: str
    sink: str
    kills: int
    seed: int
    longest_seconds: float


def transport(order: Order) -> MailTransport:
    kind, _, where = order.sink.partition(":")
    if kind == "maildir":
        return Maildir(Path(where))
    return Smtp(Server("127.0.0.1", int(where), timeout=timedelta(seconds=5)))


async def drain(order: Order) -> int:
    """One sender's life; returns the mails that still wait."""
    database = Database(parse_url(order.dsn), SystemClock(), pool_size=4)
    workspace = WorkspaceId(UUID(order.workspace))

    def wire(mailbox: Mailbox) -> MailTransport:
        return transport(order)

    means = Means(
        begin=lambda: database.transaction(workspace, SYSTEM),
        transports=wire,
        objects=Objects(order.objects),
        batch=10,
        lanes=2,
    )
    await send.drain(means, limit=100_000)
    async with database.transaction(workspace, SYSTEM) as tx:
        row = await tx.row(
            "select (select count(*) from outbox where status in ('queued','deferred','sending'))"
            " + (select count(*) from drafts where status = 'approved') as n"
        )
    await database.close()
    assert row is not None
    return int(row["n"])


def fork(order: Order) -> int:
    """A sender in a process of its own."""
    child = os.fork()
    if child:
        return child
    try:
        os._exit(min(asyncio.run(drain(order)), 1))
    finally:
        os._exit(3)


def main() -> None:
    order = Order(**json.load(sys.stdin))
    chance = random.Random(order.seed)
    hits = 0
    for _ in range(order.kills):
        child = fork(order)
        time.sleep(chance.uniform(0.0, order.longest_seconds))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        hits += os.WIFSIGNALED(status)
    codes = []
    for _ in range(5):
        _, status = os.waitpid(fork(order), 0)
        codes.append(os.waitstatus_to_exitcode(status))
        if codes[-1] == 0:
            break
    sys.stdout.write(json.dumps({"kills": order.kills, "hits": hits, "codes": codes}) + "\n")


if __name__ == "__main__":
    main()
