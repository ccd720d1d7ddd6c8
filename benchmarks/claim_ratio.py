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

sys.path.insert(0, str(Path(__file__).resolve().parent))

from _outbox import BATCH, Outbox, outbox, server

ROWS = 40_000
ROUNDS = 8

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


async def ours(box: Outbox, rows: int) -> float:
    """Seconds that the sender's claim takes for so many rows."""
    start = time.perf_counter()
    for _ in range(rows // BATCH):
        assert len(await box.claim()) == BATCH
    return time.perf_counter() - start


async def main() -> None:
    async with outbox(server(), ROWS) as box:
        with psycopg.connect(box.admin, autocommit=True) as conn:
            for statement in _RAW:
                conn.execute(statement)
        raw_seconds = our_seconds = 0.0
        share = ROWS // ROUNDS // BATCH * BATCH
        with psycopg.connect(box.admin) as conn:
            for _ in range(ROUNDS):
                raw_seconds += bare(conn, share)
                our_seconds += await ours(box, share)
    rows = share * ROUNDS
    value, limit = rows / our_seconds, rows / raw_seconds
    line = {
        "figure": "claim_ratio",
        "value": round(value),
        "unit": "mails/s",
        "limit": round(limit),
        "ratio": round(value / limit, 3),
        "note": f"{rows} rows each, batches of {BATCH}, one connection, {ROUNDS} alternating rounds",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    asyncio.run(main())
