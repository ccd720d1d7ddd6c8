"""From the commit of a rejection to the commit of its next version, with a writer that takes no time.

The limit of 150 ms is ours: what is left of the seconds a reviewer waits belongs to the model. The note
gives the 95th percentile, the share of the two transactions, and a bare insert and commit in the same run.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TypeVar, cast

from pydantic import BaseModel

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psycopg
from benchmarks._outbox import server
from psycopg import sql
from tests.drafts_world import build, offline_draft

from outrider.app.jobs.rewrite import rewrite
from outrider.app.wiring import Outrider
from outrider.drafts import decide
from outrider.drafts.types import RewriteRequest, WrittenMail
from outrider.kernel import access
from outrider.kernel.asking import Answer, Asking, Task
from outrider.kernel.clock import SystemClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.migrate import upgrade
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load

LIMIT_MS = 150.0
ROUNDS = 60
WARM = 5
In = TypeVar("In", bound=BaseModel)
Out = TypeVar("Out", bound=BaseModel)


class AtOnce:
    """A writer that has the next version ready."""

    def __init__(self) -> None:
        self.written = 0

    async def ask(self, task: Task[In, Out], question: In) -> Answer[Out]:
        """The words before, with another question."""
        request = cast("RewriteRequest", question)
        self.written += 1
        mail = WrittenMail(
            subject=request.subject,
            body=f"{request.body.rpartition(chr(10))[0]}\nWho reads page {self.written} of them?",
            claims=request.claims,
            reasoning=("It is short.", "It asks one question.", "It names what is stored."),
            sources=(),
            angle=request.angle,
            confidence=request.original.dossier.account.icp_score or 0,
        )
        return Answer(output=cast("Out", mail), model="at once")


class Bench(Outrider):
    """Outrider with that writer."""

    writer = AtOnce()

    def asking(self) -> Asking:
        """The writer that takes no time."""
        return self.writer


async def opened(home: Path) -> tuple[Bench, str]:
    owner = server()
    plain = owner.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as conn:
        conn.execute(sql.SQL("create database rewrites"))
    own = owner.set(database="rewrites")
    await asyncio.to_thread(upgrade, own)
    clock = SystemClock()
    database = Database(own, clock)
    async with database.connection() as conn:
        workspace = await access.ensure_workspace(conn, "bench", clock.now())
    settings = load(home=home)
    objects = Objects(settings.objects_url)
    bench = Bench(settings, clock, database, objects, Keys(home), workspace, "bench")
    return bench, own.set(drivername="postgresql").render_as_string(hide_password=False)


async def measured(bench: Bench) -> list[float]:
    """Milliseconds of each round."""
    async with bench.begin()() as tx:
        person = await access.add_person(tx, "Ann Reed", "ann@try-brand.example", "approver")
        draft = await offline_draft(tx, await build(tx))
    spent = []
    for number in range(WARM + ROUNDS):
        async with bench.begin()() as tx:
            await decide.reject(tx, draft.id, person.person_id, f"shorter, {number}")
        began = time.perf_counter()
        draft = await rewrite(bench, draft.id)
        spent.append((time.perf_counter() - began) * 1000)
    return spent[WARM:]


def bare(url: str) -> float:
    """The median of an insert and its commit, in milliseconds."""
    spent = []
    with psycopg.connect(url) as conn:
        conn.execute("create table bare (id int, body text)")
        conn.commit()
        for number in range(ROUNDS):
            began = time.perf_counter()
            conn.execute("insert into bare values (%s, %s)", (number, "x" * 8_000))
            conn.commit()
            spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="outrider-bench-") as home:
        bench, url = await opened(Path(home))
        try:
            spent = sorted(await measured(bench))
        finally:
            await bench.database.close()
        middle, one = statistics.median(spent), bare(url)
    line = {
        "figure": "rewrite_overhead_ms",
        "value": round(middle, 1),
        "unit": "ms",
        "limit": LIMIT_MS,
        "ratio": round(middle / LIMIT_MS, 3),
        "note": f"p95 {spent[int(0.95 * len(spent))]:.1f} ms over {ROUNDS} rejections of one mail, its "
        f"history growing to {ROUNDS + WARM + 1} versions; a bare insert and commit takes {one:.1f} ms",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    asyncio.run(main())
