"""Mails claimed per second by the sender, beside a bare SKIP LOCKED loop in the same run.

The limit is plain psycopg on a table of four columns with one partial index, in batches of 50. Ours
has the outbox's columns and indexes, row-level security, the pool, and typed values at the end.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._outbox import BATCH, Outbox, outbox, server

from outrider.sending.means import Means

ROUNDS = 6
SHARE = 4_000
ROWS = SHARE * ROUNDS * 2
OWN_BATCH = Means.batch

_RAW = [
    "create table bare (id bigint primary key, status text, not_before timestamptz, payload text)",
    "create index bare_ready on bare (not_before, id) where status = 'queued'",
    f"insert into bare select n, 'queued', now() - interval '1 hour', md5(n::text)"
    f" from generate_series(1, {ROWS}) n",
    "vacuum analyze bare",
]
_CLAIM = (
    "update bare set status = 'sending' where id in (select id from bare where status = 'queued'"
    f" and not_before <= now() order by not_before, id limit {BATCH} for update skip locked)"
    " returning id, status, not_before, payload"
)


def bare(conn: psycopg.Connection, rows: int) -> float:
    """Seconds that the bare loop takes for so many rows."""
    start = time.perf_counter()
    for _ in range(rows // BATCH):
        got = conn.execute(_CLAIM).fetchall()
        conn.commit()
        assert len(got) == BATCH
    return time.perf_counter() - start


async def ours(box: Outbox, rows: int, many: int) -> float:
    """Seconds that the sender's claim takes for so many rows."""
    start = time.perf_counter()
    for _ in range(rows // many):
        assert len(await box.claim(many)) == many
    return time.perf_counter() - start


async def main() -> None:
    async with outbox(server(), ROWS) as box:
        with psycopg.connect(box.admin, autocommit=True) as conn:
            for statement in _RAW:
                conn.execute(statement)
        seconds = {"bare": 0.0, "small": 0.0, "own": 0.0}
        with psycopg.connect(box.admin) as conn:
            for _ in range(ROUNDS):
                seconds["bare"] += bare(conn, SHARE)
                seconds["small"] += await ours(box, SHARE, BATCH)
                seconds["own"] += await ours(box, SHARE, OWN_BATCH)
    rate = {name: SHARE * ROUNDS / spent for name, spent in seconds.items()}
    line = {
        "figure": "claim_ratio",
        "value": round(rate["own"]),
        "unit": "mails/s",
        "limit": round(rate["bare"]),
        "ratio": round(rate["own"] / rate["bare"], 3),
        "note": f"the sender claims {OWN_BATCH} at a time, the bare loop {BATCH}; at {BATCH} ours is "
        f"{rate['small']:.0f}/s, a ratio of {rate['small'] / rate['bare']:.3f}; one connection each, "
        f"{SHARE * ROUNDS} rows in {ROUNDS} alternating rounds",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    asyncio.run(main())
