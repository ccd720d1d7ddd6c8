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
import base64
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from outrider.kernel.audit.merkle import Frontier
from outrider.kernel.clock import Clock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.errors import Broken, InvalidInput, OutriderError
from outrider.kernel.telemetry import get_logger

ORIGIN = "outrider/audit"
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
_PLACE_SQL = """
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
"""

_log = get_logger("audit")


@dataclass(frozen=True)
class Seal:
    """One signed checkpoint: the tree's size and root at an instant."""

    size: int
    root: bytes
    sealed_at: datetime
    signature: bytes
    key_id: str
    events: int = field(default=0, compare=False)
    """How many events this seal added; known only where it was made."""

    def note(self) -> str:
        """The signed note, to be kept outside the database."""
        raw = base64.b64encode(bytes.fromhex(self.key_id) + self.signature).decode()
        return f"{note_text(self.size, self.root, self.sealed_at)}\n— {ORIGIN} {raw}\n"


class Signer:
    """The key that signs checkpoints."""

    def __init__(self, seed: bytes) -> None:
        """`seed` is 32 bytes, from `Keys.key("audit-seal")`."""
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key()
        self.key_id = key_id(self.public)

    def sign_bytes(self, data: bytes) -> bytes:
        """An Ed25519 signature; whoever signs anything but a checkpoint begins it differently."""
        return self._key.sign(data)

    def sign(self, size: int, root: bytes, sealed_at: datetime) -> Seal:
        """The signed checkpoint of a tree."""
        signature = self._key.sign(note_text(size, root, sealed_at).encode())
        return Seal(size, root, sealed_at, signature, self.key_id)


def key_id(public: Ed25519PublicKey) -> str:
    """Four bytes as hex: SHA-256(name || 0x0A || 0x01 || key), C2SP signed-note."""
    return hashlib.sha256(ORIGIN.encode() + b"\n\x01" + public.public_bytes_raw()).hexdigest()[:8]


def note_text(size: int, root: bytes, sealed_at: datetime) -> str:
    """What is signed: origin, size, root in base64, and the instant, a line each."""
    at = sealed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return f"{ORIGIN}\n{size}\n{base64.b64encode(root).decode()}\nsealed_at {at}\n"


def signed_by(seal: Seal, public: Ed25519PublicKey) -> bool:
    """Whether this key signed this checkpoint."""
    if seal.key_id != key_id(public):
        return False
    try:
        public.verify(seal.signature, note_text(seal.size, seal.root, seal.sealed_at).encode())
    except InvalidSignature:
        return False
    return True


def read_note(note: str) -> Seal:
    """The checkpoint that `Seal.note` wrote.

    Raises:
        InvalidInput: it is no such note. The signature is not checked here.
    """
    try:
        origin, size, root, at, blank, signed, end = note.split("\n")
        name, raw = signed.removeprefix("— ").split(" ")
        if {origin, name} != {ORIGIN} or blank or end or not at.startswith("sealed_at "):
            raise ValueError(note)
        data = base64.b64decode(raw, validate=True)
        return Seal(
            int(size),
            base64.b64decode(root, validate=True),
            datetime.fromisoformat(at.removeprefix("sealed_at ")),
            data[4:],
            data[:4].hex(),
        )
    except ValueError:
        raise InvalidInput(
            "This is no checkpoint of the audit log: give a file that Outrider wrote, unchanged."
        ) from None


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
    tree, last = await _newest(raw, signer)
    previous = tree.root() if tree.size else None
    await cursor.execute(
        _PLACE_SQL, {"size": tree.size, "xid": last[0], "id": last[1], "batch": batch}
    )
    placed = await cursor.fetchall()
    if not placed:
        return None
    placed.sort(key=lambda row: row[0])
    blocks = tree.extend(leaf for _, leaf, _ in placed)
    seal = signer.sign(tree.size, tree.root(), now)
    await cursor.execute(
        "insert into outrider.audit_seals (size, root, frontier, subtrees, previous_root,"
        " last_xid, last_event_id, signature, key_id, sealed_at)"
        " select %s, %s, %s, %s, %s, e.xid, e.id, %s, %s, %s"
        " from outrider.audit_events e where e.id = %s",
        [
            seal.size, seal.root, tree.encode(), b"".join(blocks), previous,
            seal.signature, seal.key_id, seal.sealed_at, placed[-1][2],
        ],
    )  # fmt: skip
    return replace(seal, events=len(placed))


async def _newest(
    raw: psycopg.AsyncConnection, signer: Signer
) -> tuple[Frontier, tuple[int, UUID]]:
    """The tree of the newest seal, and up to where in (xid, id) it goes."""
    cursor = await raw.execute(
        "select size, root, sealed_at, signature, key_id, frontier, last_xid, last_event_id,"
        " last_xid >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        " from outrider.audit_seals order by size desc limit 1",
        binary=True,
    )
    row = await cursor.fetchone()
    if row is None:
        return Frontier(), (0, UUID(int=0))
    seal = Seal(*row[:5])
    try:
        tree = Frontier.decode(seal.size, row[5])
    except ValueError:
        tree = Frontier()
    foreign = seal.key_id == signer.key_id and not signed_by(seal, signer.public)
    if tree.root() != seal.root or foreign:
        raise Broken(
            f"The newest seal of the audit log (size {seal.size}) was changed: "
            "run `outrider audit verify` before anything else is sealed."
        )
    # Transaction ids start anew in a restored dump; then only the missing leaves tell what is due.
    return tree, (0, UUID(int=0)) if row[8] else (row[6], row[7])


async def seal_until_done(
    database: Database, signer: Signer, clock: Clock, *, batch: int = BATCH
) -> Seal | None:
    """Seal everything that is final; returns the newest seal made here."""
    newest = None
    while True:
        async with database.connection(Role.SEALER) as conn:
            seal = await seal_once(conn, signer, clock.now(), batch=batch)
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
