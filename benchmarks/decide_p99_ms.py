"""How long an approval takes at the worst while twenty reviewers decide at once, each draft once.

A thousand pending drafts, routed and opened; twenty people of one process, as `outrider up` serves them,
approve the next one as soon as the last is done, harder than people can, through the product's verb in
its own transaction: everything read and compared again, decision, audit event. Who opens a draft has it
checked, and a check of the very same input is remembered; drafts that nobody opened are measured beside.
The limit is a bare UPDATE of the same shape with an INSERT, by as many connections in alternating rounds
of the same run. The aim is 100 ms.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
from sqlalchemy import URL

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._outbox import server
from tests.conftest import add_person
from tests.drafts_world import World, build
from tests.review_world import actor, crowd

from outrider.app.views import drafts as view
from outrider.drafts import decide
from outrider.drafts.review.look import look
from outrider.drafts.types import DraftStatus
from outrider.kernel import access, heap
from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.migrate import upgrade
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Conflict
from outrider.kernel.ids import PersonId, WorkspaceId, new_id

DRAFTS = 1_000
REVIEWERS = 20
ROUNDS = 5
CLASHES = 20
"""Drafts of each round that two reviewers want at the same time."""
PACED = 200
UNOPENED = 200
"""Drafts more, which nobody opened: their approval checks them for the first time."""
PAUSE_SECONDS = 0.25
"""Drafts more, for which each reviewer rests so long between two clicks: still faster than anybody reads."""

_BARE = (
    "create table bare (id uuid primary key, status text not null, resolved_at timestamptz)",
    "create table bare_decisions (id uuid primary key, bare_id uuid not null unique, kind text)",
)


class Desk:
    """A workspace with drafts that wait and twenty people."""

    def __init__(self, database: Database, workspace: WorkspaceId, url: URL) -> None:
        """Made by `desk`."""
        self.database, self.workspace, self.url = database, workspace, url
        self.people: list[PersonId] = []
        self.drafts: list[UUID] = []
        self.world: World | None = None
        self.decided: dict[UUID, int] = {}

    async def fill(self) -> None:
        """Twenty people, a thousand drafts, each opened by whoever will decide on it."""
        for number in range(REVIEWERS):
            name, address = f"Reviewer {number}", f"r{number}@brand.example"
            self.people.append(await add_person(self.database, self.workspace, name, address))
        async with self.database.transaction(self.workspace, SYSTEM) as tx:
            self.world = await build(tx)
        every = DRAFTS + PACED + UNOPENED
        while len(self.drafts) < every:
            some = min(100, every - len(self.drafts))
            async with self.database.transaction(self.workspace, SYSTEM) as tx:
                self.drafts += [one.id for one in await crowd(tx, some, self.world, 4)]

    async def approve(self, person: PersonId, draft_id: UUID) -> None:
        """One click, by whoever may have been second."""
        try:
            async with self.database.transaction(self.workspace, actor(person)) as tx:
                done = await decide.approve(tx, draft_id, person)
        except Conflict:
            return
        assert done.status is DraftStatus.APPROVED
        self.decided[draft_id] = self.decided.get(draft_id, 0) + 1

    async def warm(self) -> None:
        """Each reviewer decides on one draft more, so that connections and plans are there."""
        async with self.database.transaction(self.workspace, SYSTEM) as tx:
            more = [draft.id for draft in await crowd(tx, 3 * REVIEWERS, self.world, 4)]
        for _ in range(3):
            some = [more.pop() for _ in range(REVIEWERS)]
            await asyncio.gather(*map(self.approve, self.people, some))
        self.decided.clear()

    async def round(self, number: int) -> list[float]:
        """Milliseconds of each click of one round; nobody rests."""
        share = DRAFTS // ROUNDS
        return await self._clicks(self.drafts[number * share : (number + 1) * share])

    async def paced(self) -> list[float]:
        """Milliseconds of each click while everybody rests between two."""
        mine = self.drafts[DRAFTS : DRAFTS + PACED]
        return await self._clicks(mine, pause=PAUSE_SECONDS)

    async def unopened(self) -> list[float]:
        """Milliseconds of each click on a draft that this process never checked."""
        return await self._clicks(self.drafts[DRAFTS + PACED :], opened=False)

    async def _open(self, mine: list[UUID]) -> None:
        """What the API does when a person opens a draft."""
        async with self.database.transaction(self.workspace, SYSTEM) as tx:
            for place, draft_id in enumerate(mine):
                person = self.people[place % REVIEWERS]
                await look(tx, draft_id, person, "web")
                assert await view.one(tx, draft_id, await access.member(tx, person))

    async def _clicks(
        self, mine: list[UUID], *, opened: bool = True, pause: float = 0
    ) -> list[float]:
        if opened:
            await self._open(mine)
        wanted = [*mine, *mine[-CLASHES:]]

        def click(place: int) -> Callable[[], Awaitable[None]]:
            return lambda: self.approve(self.people[place % REVIEWERS], wanted[place])

        return await _timed([click(place) for place in range(len(wanted))], pause)


async def _timed(clicks: list[Callable[[], Awaitable[None]]], pause: float = 0) -> list[float]:
    """Twenty at once, each taking the next click when done; milliseconds of each."""
    waiting, spent = iter(clicks), list[float]()

    async def one(place: int) -> None:
        # They do not all begin at the same instant.
        await asyncio.sleep(pause * place / REVIEWERS)
        for click in waiting:
            start = time.perf_counter()
            await click()
            spent.append((time.perf_counter() - start) * 1000)
            if pause:
                await asyncio.sleep(pause)

    await asyncio.gather(*(one(place) for place in range(REVIEWERS)))
    return spent


async def _bare(conns: list[psycopg.AsyncConnection], ids: list[UUID]) -> list[float]:
    """The same clicks as bare statements."""
    free = list(conns)

    def click(id_: UUID) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            conn = free.pop()
            async with conn.transaction():
                await conn.execute(
                    "update bare set status = 'approved', resolved_at = %s"
                    " where id = %s and status = 'pending'",
                    [datetime.now(UTC), id_],
                )
                await conn.execute(
                    "insert into bare_decisions values (%s, %s, 'approve')",
                    [new_id(datetime.now(UTC)), id_],
                )
            free.append(conn)

        return run

    return await _timed([click(id_) for id_ in ids])


async def _desk(owner: URL) -> Desk:
    plain = owner.set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as conn:
        conn.execute("create database decide")
    own = owner.set(database="decide")
    await asyncio.to_thread(upgrade, own)
    database = Database(own, SystemClock(), pool_size=REVIEWERS)
    now = datetime.now(UTC)
    workspace = WorkspaceId(new_id(now))
    async with database.connection() as conn:
        await conn.exec_driver_sql(
            "insert into outrider.workspaces (id, name, created_at) values (%s, 'bench', %s)",
            (workspace, now),
        )
    return Desk(database, workspace, own.set(drivername="postgresql"))


def p99(spent: list[float]) -> float:
    """The 99th percentile."""
    return sorted(spent)[int(len(spent) * 0.99)]


async def main() -> None:
    desk = await _desk(server())
    await desk.fill()
    address = desk.url.render_as_string(hide_password=False)
    conns = [
        await psycopg.AsyncConnection.connect(address, autocommit=True) for _ in range(REVIEWERS)
    ]
    ids = [new_id(datetime.now(UTC)) for _ in range(DRAFTS)]
    for statement in _BARE:
        await conns[0].execute(statement.encode())
    async with conns[0].cursor() as cursor:
        await cursor.executemany("insert into bare values (%s, 'pending')", [[id_] for id_ in ids])
    await conns[0].execute("vacuum analyze")
    await desk.warm()
    heap.settled()
    ours, bare = list[float](), list[float]()
    start = time.perf_counter()
    share = DRAFTS // ROUNDS
    for number in range(ROUNDS):
        ours += await desk.round(number)
        bare += await _bare(conns, ids[number * share : (number + 1) * share])
    spent = time.perf_counter() - start
    paced, unopened = await desk.paced(), await desk.unopened()
    for conn in conns:
        await conn.close()
    await desk.database.close()
    assert desk.decided == dict.fromkeys(desk.drafts, 1)
    line = {
        "figure": "decide_p99_ms",
        "value": round(p99(ours), 1),
        "unit": "ms",
        "limit": round(p99(bare), 1),
        "ratio": round(p99(ours) / p99(bare), 2),
        "note": f"aim 100 ms; median {sorted(ours)[len(ours) // 2]:.1f} ms; {DRAFTS} drafts by "
        f"{REVIEWERS} reviewers at once in one process, {CLASHES * ROUNDS} wanted twice, each decided "
        f"once, in {spent:.1f} s; with {PAUSE_SECONDS} s between one person's clicks {p99(paced):.0f} ms; "
        f"never opened before {p99(unopened):.0f} ms; "
        f"limit: p99 of a bare UPDATE and INSERT by as many connections",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    asyncio.run(main())
