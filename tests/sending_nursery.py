"""Senders that are killed: a process that forks senders, ends them with SIGKILL, and starts again.

In: a JSON object on stdin (see `Order`). Out: one JSON line (see `Done`).
Never: a kill that a sender could see coming.

A process of its own, because a fork needs no imports and dies alone. The lives grow shorter or longer
so that the kills spread over all of the work.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg

from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database, parse_url
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending import send
from outrider.sending.means import Means
from outrider.sending.ports import MailTransport
from outrider.sending.types import Mailbox, Transport
from outrider.vendors.mail_http.choose import transport_of
from outrider.vendors.maildir import Maildir
from outrider.vendors.smtp import Server, Smtp

_LEFT = (
    "select (select count(*) from outrider.outbox where status in ('queued','deferred','sending'))"
    " + (select count(*) from outrider.drafts where status = 'approved')"
)
LAST_LIVES = 14
"""Whoever is put off each time fails at the eighth; the last senders live in later and later hours."""


@dataclass(frozen=True)
class Order:
    """What the test asks for. `sink` is `maildir:FOLDER`, `smtp:PORT` or `http:PROVIDER:KEY:URL`."""

    dsn: str
    workspace: str
    home: str
    sink: str
    kills: int
    seed: int
    journal: bool = True


@dataclass
class Done:
    """Lives that were cut short, and how the last ones ended."""

    hits: int = 0
    lives: int = 0
    codes: list[int] = field(default_factory=list)


class LaterClock(SystemClock):
    """The machine's clock, some hours ahead."""

    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return super().now() + self.ahead


def transport(order: Order, mailbox: Mailbox, clock: SystemClock) -> MailTransport:
    kind, _, where = order.sink.partition(":")
    if kind == "maildir":
        return Maildir(Path(where))
    if kind == "smtp":
        return Smtp(Server("127.0.0.1", int(where), timeout=timedelta(seconds=0.3)))
    provider, key, url = where.split(":", 2)
    play = mailbox.model_copy(update={"transport": Transport(provider)})
    return transport_of(play, key, clock, url)


async def drain(order: Order, ahead: timedelta) -> None:
    """One sender's life."""
    clock = LaterClock(ahead)
    database = Database(parse_url(order.dsn), clock, pool_size=6)
    workspace = WorkspaceId(UUID(order.workspace))
    means = Means(
        begin=lambda: database.transaction(workspace, SYSTEM),
        transports=lambda mailbox: transport(order, mailbox, clock),
        objects=Objects(f"{order.home}/objects"),
        lanes=2,
        journal=Path(order.home) / "sending" if order.journal else None,
    )
    await send.drain(means, limit=100_000)
    await database.close()


def fork(order: Order, ahead: timedelta = timedelta()) -> int:
    """A sender in a process of its own."""
    child = os.fork()
    if child:
        return child
    code = 3
    try:
        asyncio.run(drain(order, ahead))
        code = 0
    finally:
        os._exit(code)


def left(order: Order) -> int:
    """Mails that are not at their end."""
    url = parse_url(order.dsn).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as conn:
        row = conn.execute(_LEFT).fetchone()
    assert row is not None
    return int(row[0])


def main() -> None:
    order = Order(**json.load(sys.stdin))
    chance = random.Random(order.seed)
    done, longest = Done(), 0.3
    whole = left(order)
    while done.hits < order.kills and done.lives < 3 * order.kills:
        child = fork(order)
        time.sleep(chance.uniform(0.0, longest))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        done.lives += 1
        done.hits += os.WIFSIGNALED(status)
        if done.lives % 5 == 0:
            behind = left(order) / whole > 1 - done.hits / order.kills
            longest = min(longest * 1.15, 2.0) if behind else max(longest * 0.9, 0.05)
    for number in range(LAST_LIVES):
        _, status = os.waitpid(fork(order, timedelta(hours=8 * number)), 0)
        done.codes.append(os.waitstatus_to_exitcode(status))
        if done.codes[-1] == 0 and not left(order):
            break
    sys.stdout.write(json.dumps(asdict(done)) + "\n")


if __name__ == "__main__":
    main()
