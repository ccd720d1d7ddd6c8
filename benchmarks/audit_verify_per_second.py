"""Events that a full verification proves per second, from stored row to signed root.

The limit is the bare cost of reading the same rows out of the same database by COPY, in the same run.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._audit import SIGNER, Log, body, log

from outrider.kernel.audit.append import leaf_of
from outrider.kernel.audit.seal import seal_until_done
from outrider.kernel.audit.verify import verify
from outrider.kernel.database.connect import Role
from outrider.kernel.ids import new_id

EVENTS = 200_000
ROUNDS = 3


def fill(place: Log, events: int) -> None:
    """Append events by COPY, each with its true leaf."""
    columns = "id, workspace_id, at, actor, action, subject, correlation_id, body, leaf"
    with (
        psycopg.connect(place.owner) as conn,
        conn.cursor() as cursor,
        cursor.copy(f"copy outrider.audit_events ({columns}) from stdin".encode()) as copy,
    ):
        for number in range(events):
            now = place.clock.now()
            event = {
                "id": new_id(now),
                "workspace_id": place.workspace,
                "at": now,
                "actor": "system:bench",
                "action": "bench.append",
                "subject": f"draft:{number}",
                "correlation_id": f"{number:032x}",
                "body": json.dumps(body(number), sort_keys=True),
            }
            copy.write_row([*event.values(), leaf_of(event)])


def bare(conn: psycopg.Connection) -> float:
    """Seconds to read every event and leaf, and do nothing with them."""
    start = time.perf_counter()
    with conn.cursor() as cursor:
        for table in ("audit_leaves", "audit_events"):
            with cursor.copy(
                f"copy (select * from outrider.{table}) to stdout (format binary)".encode()
            ) as copy:
                for _ in copy:
                    pass
    return time.perf_counter() - start


async def main(events: int) -> None:
    async with log() as place:
        fill(place, events)
        while await seal_until_done(place.database, SIGNER, place.clock, batch=20_000):
            pass
        with psycopg.connect(place.owner, autocommit=True) as owner:
            owner.execute("vacuum analyze outrider.audit_events, outrider.audit_leaves")
        url = place.database.url(Role.SEALER).set(drivername="postgresql")
        ours = limit = 0.0
        with (
            psycopg.connect(url.render_as_string(hide_password=False)) as conn,
            psycopg.connect(place.owner) as owner,
        ):
            for _ in range(ROUNDS):
                start = time.perf_counter()
                verdict = verify(conn, SIGNER.public)
                ours += time.perf_counter() - start
                assert verdict.holds, verdict.faults[:3]
                assert verdict.events == events
                limit += bare(owner)
    line = {
        "figure": "audit_verify_per_second",
        "value": round(events * ROUNDS / ours),
        "unit": "events/s",
        "limit": round(events * ROUNDS / limit),
        "ratio": round(limit / ours, 3),
        "note": f"{events} events in {verdict.seals} seals, every hash, root and signature, one core "
        f"and one backend; limit: the same rows by COPY; {ROUNDS} alternating rounds",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS))
