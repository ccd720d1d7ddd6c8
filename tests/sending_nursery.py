"""Senders that are killed: a process that forks senders, ends them with SIGKILL, and starts again.

In: a JSON object on stdin (see `Order`). Out: one JSON line (see `Done`).
Never: a kill that a sender could see coming.

A process of its own, because a fork needs no imports and dies alone. A victim dies when it has put a
chosen number of mails on the wire in its life, however fast the machine is, so that the kills spread
over all of the work. It is stopped first: what it holds at that instant is what the kill met.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import structlog

from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database, parse_url
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.ids import WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending import journal, send
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
_HELD = (
    "select count(*), count(handed_off_at) from outrider.outbox"
    " where status = 'sending' and claimed_by = %s"
)
LAST_LIVES = 14
"""Whoever is put off each time fails at the eighth; the last senders live in later and later hours."""
SMTP_ANSWERS_WITHIN = timedelta(seconds=4)
"""Only a server that means to be silent takes longer, however busy the machine is."""
LONGEST_LIFE_SECONDS = 12.0
"""Who has not come so far by then waits for a silent server, and dies of it."""
EARLY = 1 / 8
"""The share of kills that may meet a sender before its first mail, while it settles what others left."""
LOOK_SECONDS = 0.002
BETWEEN_STEPS_SECONDS = 0.01
"""A kill comes so much later at most, so that it meets every step of a sender and not one of them."""


@dataclass(frozen=True)
class Order:
    """What the test asks for. `sink` is `maildir:FOLDER`, `smtp:PORT` or `http:PROVIDER:KEY:URL`."""

    dsn: str
    workspace: str
    home: str
    sink: str
    kills: int
    seed: int
    senders: int = 2
    """At work at once, so that one that lives settles what one that died left behind."""

    @property
    def notes(self) -> Path:
        """Where senders write down what touches the wire."""
        return Path(self.home) / "sending"


@dataclass
class Done:
    """Lives that were cut short, what the kills met, and how the last ones ended."""

    hits: int = 0
    lives: int = 0
    claimed: int = 0
    """Kills whose victim held mails."""
    handed_off: int = 0
    """Kills whose victim had mails whose hand-off was written down."""
    met: list[str] = field(default_factory=list)
    """Outbox ids of mails that a victim had put on the wire and had no answer for."""
    codes: list[int] = field(default_factory=list)


class LaterClock(SystemClock):
    """The machine's clock, some hours ahead."""

    def __init__(self, ahead: timedelta) -> None:
        super().__init__()
        self.ahead = ahead

    def now(self) -> datetime:
        return super().now() + self.ahead


def transport(order: Order, mailbox: Mailbox, clock: SystemClock) -> MailTransport:
    kind, _, where = order.sink.partition(":")
    if kind == "maildir":
        return Maildir(Path(where))
    if kind == "smtp":
        return Smtp(Server("127.0.0.1", int(where), timeout=SMTP_ANSWERS_WITHIN))
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
        batch=40,  # So few that the other senders find some.
        lanes=2,
        journal=order.notes,
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


class Nursery:
    """Senders that live, and the count of those that do not."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.done = Done()
        self._chance = random.Random(order.seed)
        self._alive: list[int] = []
        url = parse_url(order.dsn).set(drivername="postgresql")
        self._conn = url.render_as_string(hide_password=False)

    def _asked(self, statement: str, *values: object) -> tuple[int, ...]:
        """One row of numbers."""
        with psycopg.connect(self._conn) as conn:
            row = conn.execute(statement.encode(), values).fetchone()
        assert row is not None
        return tuple(map(int, row))

    def kill_all(self) -> None:
        """Cut lives short until enough were."""
        order, done = self.order, self.done
        while done.hits < order.kills and done.lives < 10 * order.kills:
            (left,) = self._asked(_LEFT)
            while len(self._alive) < order.senders:
                self._alive.append(fork(order))
                done.lives += 1
            # Two lines of the journal a mail; the others at work take their share meanwhile.
            fair = 2 * left / (order.kills - done.hits) / order.senders
            is_early = self._chance.random() < EARLY
            lines = 0 if is_early else self._chance.uniform(1, max(1.7 * fair, 1))
            self._kill(self._chance.choice(self._alive), lines)
        for child in list(self._alive):
            self._stop(child)

    def run_to_the_end(self) -> None:
        """Lives that nobody cuts short, until nothing is left to do."""
        for number in range(LAST_LIVES):
            _, status = os.waitpid(fork(self.order, timedelta(hours=8 * number)), 0)
            self.done.codes.append(os.waitstatus_to_exitcode(status))
            if self.done.codes[-1] == 0 and not self._asked(_LEFT)[0]:
                return

    def _kill(self, child: int, lines: float) -> None:
        ends = time.monotonic() + LONGEST_LIFE_SECONDS
        while not _is_dead(child) and time.monotonic() < ends and self._lines(child) < lines:
            time.sleep(LOOK_SECONDS)
        time.sleep(self._chance.uniform(0, BETWEEN_STEPS_SECONDS))
        self.done.hits += self._stop(child)

    def _stop(self, child: int) -> bool:
        """Kill one; whether it was still alive, which is so once it was seen to stand still."""
        self._alive.remove(child)
        os.kill(child, signal.SIGSTOP)
        is_alive = os.WIFSTOPPED(os.waitpid(child, os.WUNTRACED)[1])
        if is_alive:
            self._note(child)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        return is_alive

    def _lines(self, child: int) -> int:
        lines = 0
        for path in self._journals(child):
            with suppress(FileNotFoundError):  # A sender that is done takes its own away.
                lines += path.read_bytes().count(b"\n")
        return lines

    def _journals(self, child: int) -> list[Path]:
        return list(self.order.notes.glob(f"*_{child}_*.log"))

    def _note(self, child: int) -> None:
        """What a victim holds at this instant, at which it stands still."""
        for path in self._journals(child):
            owner = path.stem.replace("_", ":")
            claimed, handed_off = self._asked(_HELD, owner)
            self.done.claimed += claimed > 0
            self.done.handed_off += handed_off > 0
            told = journal.read(self.order.notes, owner)
            begun = told.begun - told.answered.keys() if told else set()
            self.done.met += sorted(id_.hex for id_, _ in begun)


def _is_dead(child: int) -> bool:
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def main() -> None:
    # Only the result goes to stdout; what the senders log is for whoever looks.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    nursery = Nursery(Order(**json.load(sys.stdin)))
    nursery.kill_all()
    nursery.run_to_the_end()
    sys.stdout.write(json.dumps(asdict(nursery.done)) + "\n")


if __name__ == "__main__":
    main()
