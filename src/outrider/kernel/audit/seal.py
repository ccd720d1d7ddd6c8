"""Seal the log: events in commit order become leaves of one Merkle tree, its root is signed.

In: a connection as `outrider_sealer`, a key, an instant. Out: `Seal`, and the signed checkpoint as
a note that can be kept elsewhere. Never: a change of an event, or a seal that a later commit could
have come before.

Order is (xid, id). An event may be sealed once every transaction that could still write a smaller
xid has ended, that is when xid < pg_snapshot_xmin(pg_current_snapshot()): a plain sequence has gaps
that are filled late. Transaction ids belong to the server, so a writer that stays open holds the
seals back, even one in another database. The note has the form of C2SP tlog-checkpoint, the
signature is Ed25519.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from outrider.kernel.audit.checkpoint import (
    ORIGIN,
    Seal,
    Signer,
    key_id,
    note_text,
    read_note,
    signed_by,
)
from outrider.kernel.audit.keys import follow
from outrider.kernel.audit.merkle import Frontier
from outrider.kernel.clock import Clock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.errors import Broken, InvalidInput, OutriderError
from outrider.kernel.telemetry import get_logger

__all__ = [
    "BATCH",
    "ORIGIN",
    "Seal",
    "Signer",
    "keep_in",
    "key_id",
    "note_text",
    "raw_connection",
    "read_note",
    "seal_forever",
    "seal_once",
    "seal_until_done",
    "signed_by",
]

BATCH = 50_000
"""Most events in one seal; keeps the transaction short and memory flat."""

_LOCK = 0x7365616C  # "seal": one sealer at a time on one database
# New rows are few and at the end of every index. Without fresh statistics the planner would rather
# read all leaves there are, in each round anew.
_BEGIN_SQL = """
select set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
       set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
       pg_try_advisory_xact_lock(%s)
"""
# One row of all the leaves: a row each would cost this process, which also writes, as much as the hashes.
_PLACE_SQL = """
with placed as (
insert into outrider.audit_leaves (leaf_no, event_id, leaf)
select %(size)s + row_number() over (order by e.xid, e.id) - 1, e.id, e.leaf
from (
    select xid, id, leaf from outrider.audit_events e
    where (xid, id) > (%(xid)s, %(id)s)
      and xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
      and not exists (select from outrider.audit_leaves l where l.event_id = e.id)
    order by xid, id limit %(batch)s
) e
returning leaf_no, leaf, event_id
)
select array_agg(leaf order by leaf_no),
       (select event_id from placed order by leaf_no desc limit 1)
from placed
"""

_log = get_logger("audit")


async def seal_once(
    conn: AsyncConnection, signer: Signer, now: datetime, *, batch: int = BATCH
) -> Seal | None:
    """Seal what has become final, up to `batch` events, in the caller's transaction.

    Returns:
        The new seal; None when nothing is due or another sealer is at work.

    Raises:
        Broken: the newest seal is not what was stored, so nothing may be built on it.
    """
    raw = await raw_connection(conn)
    cursor = raw.cursor(binary=True)
    await cursor.execute(_BEGIN_SQL, [_LOCK])
    taken = await cursor.fetchone()
    if not taken or not taken[-1]:
        return None
    newest = await _newest_row(cursor)
    if newest and not await follow(raw, newest[0], signer, now):
        return None
    tree, last = _tree(newest, signer)
    previous = tree.root() if tree.size else None
    await cursor.execute(
        _PLACE_SQL, {"size": tree.size, "xid": last[0], "id": last[1], "batch": batch}
    )
    placed = await cursor.fetchone()
    if not placed or placed[0] is None:
        return None
    leaves, last_id = placed
    blocks = tree.extend(leaves)
    seal = signer.sign(tree.size, tree.root(), now)
    await cursor.execute(
        "insert into outrider.audit_seals (size, root, frontier, subtrees, previous_root,"
        " last_xid, last_event_id, signature, key_id, sealed_at)"
        " select %s, %s, %s, %s, %s, e.xid, e.id, %s, %s, %s"
        " from outrider.audit_events e where e.id = %s",
        [
            seal.size, seal.root, tree.encode(), b"".join(blocks), previous,
            seal.signature, seal.key_id, seal.sealed_at, last_id,
        ],
    )  # fmt: skip
    return replace(seal, events=len(leaves))


_Newest = tuple[Seal, tuple[Any, ...]]
"""The newest seal, and the rest of its row."""


async def _newest_row(cursor: psycopg.AsyncCursor[Any]) -> _Newest | None:
    await cursor.execute(
        "select size, root, sealed_at, signature, key_id, frontier, last_xid, last_event_id,"
        " last_xid >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        " from outrider.audit_seals order by size desc limit 1"
    )
    row = await cursor.fetchone()
    return (Seal(*row[:5]), row[5:]) if row else None


def _tree(newest: _Newest | None, signer: Signer) -> tuple[Frontier, tuple[int, UUID]]:
    """The tree of the newest seal, and up to where in (xid, id) it goes."""
    if newest is None:
        return Frontier(), (0, UUID(int=0))
    seal, (frontier, last_xid, last_id, is_from_elsewhere) = newest
    try:
        tree = Frontier.decode(seal.size, frontier)
    except ValueError:
        tree = Frontier()
    ours = next((one for one in (signer, *signer.before) if one.key_id == seal.key_id), None)
    if tree.root() != seal.root or (ours and not signed_by(seal, ours.public)):
        raise Broken(
            f"The newest seal of the audit log (size {seal.size}) was changed: "
            "run `outrider audit verify` before anything else is sealed."
        )
    # Transaction ids start anew in a restored dump; then only the missing leaves tell what is due.
    return tree, (0, UUID(int=0)) if is_from_elsewhere else (last_xid, last_id)


async def seal_until_done(
    database: Database, signer: Signer, clock: Clock, *, batch: int = BATCH
) -> Seal | None:
    """Seal everything that is final; returns the newest seal made here."""
    newest = None
    while True:
        async with database.connection(Role.SEALER) as conn:
            seal = await seal_once(conn, signer.now(), clock.now(), batch=batch)
        newest = seal or newest
        if seal is None or seal.events < batch:
            return newest


async def seal_forever(
    database: Database,
    signer: Signer,
    clock: Clock,
    every: timedelta,
    keep: Callable[[Seal], None] | None = None,
) -> None:
    """Seal every `every` until cancelled; a failure is logged and tried again.

    Args:
        database: whose log.
        signer: the key.
        clock: for the pause and the instant of the seals.
        every: pause between two rounds.
        keep: given each newest seal, to keep its note outside the database.
    """
    while True:
        try:
            seal = await seal_until_done(database, signer, clock)
            if seal and keep:
                await asyncio.to_thread(keep, seal)
        except OutriderError as error:
            _log.error("audit_not_sealed", reason=error.message, code=error.code)
            await clock.sleep(every * 20)
        except (psycopg.Error, SQLAlchemyError, OSError) as error:
            _log.error("audit_not_sealed", reason=type(error).__name__)
            await clock.sleep(every * 20)
        await clock.sleep(every)


def keep_in(folder: Path) -> Callable[[Seal], None]:
    """Keep the newest note as `checkpoint` in a folder, and the last one of each day beside it.

    A note is never replaced by one of a shorter log: that is what a cut tail looks like, and the
    longer note is what shows it.
    """

    def keep(seal: Seal) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        newest = folder / "checkpoint"
        try:
            kept = read_note(newest.read_text(encoding="utf-8"))
        except (FileNotFoundError, InvalidInput):
            kept = None
        if kept and kept.size > seal.size:
            _log.error("audit_log_is_shorter", kept=kept.size, now=seal.size)
            return
        for file in (folder / f"checkpoint-{seal.sealed_at:%Y-%m-%d}", newest):
            fresh = folder / f".{file.name}.{os.getpid()}"
            fresh.write_text(seal.note(), encoding="utf-8")
            os.replace(fresh, file)

    return keep


async def raw_connection(conn: AsyncConnection) -> psycopg.AsyncConnection:
    """The psycopg connection under a SQLAlchemy one, in its open transaction."""
    # SQLAlchemy lets the driver begin with the first statement, so this keeps the transaction.
    raw = (await conn.get_raw_connection()).driver_connection
    assert isinstance(raw, psycopg.AsyncConnection)
    return raw
