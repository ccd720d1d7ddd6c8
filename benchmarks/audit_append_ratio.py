"""Sealed appends per second, beside plain appends of the same row in the same run.

Ours writes through `audit.append.record`, hashes each event, and seals the lot: the time counts until
the last event is in a signed seal. The limit writes the same row into a table with the same columns,
indexes and isolation, without hash and without sealer.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from uuid import UUID

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._audit import SIGNER, Log, body, log

from outrider.kernel.audit.append import driver, encoded, record
from outrider.kernel.audit.seal import seal_forever, seal_until_done
from outrider.kernel.database.roles import WORKSPACE
from outrider.kernel.database.tx import SYSTEM, About, Tx

WRITERS = 8
ROUNDS = 10
SECONDS = 2.5
"""Of a round; the transaction of its last seal comes on top, and is no cost of an event."""
PER_TX = 10
PEOPLE = [UUID(int=number) for number in range(500)]

_PLAIN_TABLE = (
    "create table outrider.plain_events (like outrider.audit_events including all)",
    "alter table outrider.plain_events drop column leaf",
    "alter table outrider.plain_events enable row level security",
    "create policy app on outrider.plain_events to outrider_app"
    f" using (workspace_id = {WORKSPACE}) with check (workspace_id = {WORKSPACE})",
    "grant select, insert on outrider.plain_events to outrider_app",
)
_PLAIN = (
    b"insert into outrider.plain_events"
    b" (id, workspace_id, at, actor, action, subject, correlation_id, body)"
    b" values (%s, %s, %s, %s, %s, %s, %s, %s)"
)

Append = Callable[[Tx, int], Awaitable[object]]


async def sealed(tx: Tx, number: int) -> object:
    """One event as the product writes it."""
    return await record(tx, "bench.append", f"draft:{number}", body(number))


async def of_a_person(tx: Tx, number: int) -> object:
    """One event that tells of one of so many people, sealed under the person's key."""
    about = About(PEOPLE[number % len(PEOPLE)], "quilla@zenith.example", {"subject": "Leases"})
    return await record(tx, "bench.append", f"draft:{number}", body(number), about)


async def plain(tx: Tx, number: int) -> object:
    """The same row without a hash, by the driver as well."""
    return await driver(tx.conn).execute(
        _PLAIN,
        [
            tx.new_id(),
            tx.workspace,
            tx.now,
            str(tx.actor),
            "bench.append",
            f"draft:{number}",
            tx.correlation_id,
            encoded(body(number)),
        ],
    )


async def write(place: Log, append: Append, per_tx: int) -> int:
    """Rows that the writers commit in one round."""
    end = time.perf_counter() + SECONDS

    async def writer() -> int:
        done = 0
        while time.perf_counter() < end:
            async with place.database.transaction(place.workspace, SYSTEM) as tx:
                for _ in range(per_tx):
                    await append(tx, done)
                    done += 1
        return done

    return sum(await asyncio.gather(*(writer() for _ in range(WRITERS))))


async def sealed_rate(place: Log, per_tx: int, append: Append = sealed) -> tuple[int, float]:
    """Rows and seconds of one round with the sealer at work."""
    start = time.perf_counter()
    sealer = asyncio.create_task(
        seal_forever(place.database, SIGNER, place.clock, timedelta(milliseconds=250))
    )
    rows = await write(place, append, per_tx)
    sealer.cancel()
    await asyncio.gather(sealer, return_exceptions=True)
    await seal_until_done(place.database, SIGNER, place.clock)
    return rows, time.perf_counter() - start


async def plain_rate(place: Log, per_tx: int) -> tuple[int, float]:
    """Rows and seconds of one round of plain appends."""
    start = time.perf_counter()
    rows = await write(place, plain, per_tx)
    return rows, time.perf_counter() - start


async def compare(place: Log, per_tx: int, rounds: int) -> tuple[float, float, float]:
    """Medians over pairs of rounds: rows a second sealed, plain, and their ratio."""
    ours: list[float] = []
    limits: list[float] = []
    for turn in range(rounds):
        rates = {}
        # Neither side always comes first.
        for side in (sealed_rate, plain_rate) if turn % 2 else (plain_rate, sealed_rate):
            rows, seconds = await side(place, per_tx)
            rates[side] = rows / seconds
        ours.append(rates[sealed_rate])
        limits.append(rates[plain_rate])
    ratios = [our / limit for our, limit in zip(ours, limits, strict=True)]
    return median(ours), median(limits), median(ratios)


async def share_with_people(place: Log, rounds: int) -> float:
    """Events that tell of people, beside events that do not; the median of pairs of rounds."""
    shares = []
    for _ in range(rounds):
        rows, seconds = await sealed_rate(place, PER_TX, of_a_person)
        bare_rows, bare_seconds = await sealed_rate(place, PER_TX)
        shares.append(rows / seconds / (bare_rows / bare_seconds))
    return median(shares)


async def main() -> None:
    async with log() as place:
        with psycopg.connect(place.owner, autocommit=True) as conn:
            for statement in _PLAIN_TABLE:
                conn.execute(statement.encode())
        value, limit, ratio = await compare(place, PER_TX, ROUNDS)
        one_value, one_limit, one_ratio = await compare(place, 1, ROUNDS // 2)
        share = await share_with_people(place, ROUNDS // 2)
        with psycopg.connect(place.owner) as conn:
            events = conn.execute("select count(*) from outrider.audit_events").fetchone()
            leaves = conn.execute("select count(*) from outrider.audit_leaves").fetchone()
    assert events == leaves, "every event that was timed is sealed"
    line = {
        "figure": "audit_append_ratio",
        "value": round(value),
        "unit": "events/s",
        "limit": round(limit),
        "ratio": round(ratio, 3),
        "note": f"{PER_TX} a transaction, {WRITERS} writers in one process, fsync on, sealed within "
        f"the time, medians of {ROUNDS} pairs of rounds; one a transaction: {one_value:.0f} of "
        f"{one_limit:.0f}, ratio {one_ratio:.3f}; events that tell of a person, sealed under that "
        f"person's key: {share:.2f} times as many as others",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    asyncio.run(main())
