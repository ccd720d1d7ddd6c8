"""Let old months of the log go, and keep what proves the rest.

In: the owner's login, the key, how long events are kept. Out: a signed `Cut`. Never: the hash of an
event dropped (so every root ever signed can still be computed), an event dropped that was not sealed
or whose seal is younger than that, or a gap in the log that nobody signed for.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import psycopg
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from psycopg import sql

from outrider.kernel.audit import partitions
from outrider.kernel.audit.keys import QUERY, KeyChain, KeyChange
from outrider.kernel.audit.partitions import REST, Month
from outrider.kernel.audit.seal import ORIGIN, Seal, Signer, key_id, raw_connection
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.errors import Broken

SHORTEST = timedelta(days=31)
"""A month is let go as a whole, so nothing shorter can be kept to."""


@dataclass(frozen=True)
class Cut:
    """What the log's key signs when events are dropped."""

    size: int
    """Leaves before the cut: their events may be gone, their hashes stay."""
    root: bytes
    before: datetime
    """Events that happened before this were dropped."""
    events: int
    cut_at: datetime
    signature: bytes = b""
    key_id: str = ""

    def text(self) -> bytes:
        """What is signed, a line each; its first line keeps it from being taken for a checkpoint."""
        before, cut_at = (
            at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            for at in (self.before, self.cut_at)
        )
        root = base64.b64encode(self.root).decode()
        lines = (f"{ORIGIN}/cut", self.size, root, before, self.events, cut_at)
        return "".join(f"{line}\n" for line in lines).encode()

    def signed_by(self, public: Ed25519PublicKey) -> bool:
        """Whether this key signed this cut."""
        if self.key_id != key_id(public):
            return False
        try:
            public.verify(self.signature, self.text())
        except InvalidSignature:
            return False
        return True


async def expire(database: Database, signer: Signer, now: datetime, keep: timedelta) -> Cut | None:
    """Drop the months that are wholly older than `keep`, in one transaction.

    Events of such a month that were sealed late, or not yet, stay until their seal is old enough.

    Returns:
        The signed cut, or None when nothing was dropped.

    Raises:
        Broken: the newest seal of what would go is not what was signed.
        DatabaseUnavailable: the owner cannot log in.
        Unavailable: writers kept the log busy for two seconds; try later.
    """
    cutoff = Month.of(now - max(keep, SHORTEST))
    async with database.connection(Role.OWNER) as conn:
        raw = await raw_connection(conn)
        await partitions.hold(raw)
        seal = await _last_seal(raw, signer, cutoff.begins_at)
        if seal is None:
            return None
        dropped = await _drop_rest(raw, cutoff, seal.size)
        for month in await partitions.partitions(raw):
            if month < cutoff:
                dropped += await _drop(raw, month, seal.size)
        if not dropped:
            return None
        await _drop_notes(raw, cutoff)
        return await _keep(raw, signer, seal, (cutoff, dropped, now))


async def _last_seal(raw: psycopg.AsyncConnection, signer: Signer, before: datetime) -> Seal | None:
    """The newest seal from before this instant."""
    found = await raw.execute(
        "select size, root, sealed_at, signature, key_id from outrider.audit_seals"
        " where sealed_at < %s order by size desc limit 1",
        [before],
    )
    row = await found.fetchone()
    if row is None:
        return None
    seal = Seal(*row)
    changes = await raw.execute(QUERY.encode())
    chain = KeyChain(signer.public, [KeyChange(*one) for one in await changes.fetchall()])
    if not chain.signed(seal):
        raise Broken(
            f"Seal {seal.size} of the audit log does not bear a valid signature, so nothing before it "
            "may be dropped: run `outrider audit verify`."
        )
    return seal


_IS_KEPT = "not exists (select from outrider.audit_leaves l where l.event_id = e.id and l.leaf_no < {size})"


async def _drop(raw: psycopg.AsyncConnection, month: Month, size: int) -> int:
    """Drop a month but for what was sealed after leaf `size`; returns how many events went."""
    own = {"part": month.partition, "rest": REST, "size": sql.Literal(size)}
    await partitions.detach(raw, month)
    held = await (
        await raw.execute(sql.SQL("select count(*) from {part}").format(**own))
    ).fetchone()
    await raw.execute(sql.SQL("alter table {rest} no force row level security").format(**own))
    move = "insert into {rest} select e.* from {part} e where " + _IS_KEPT
    kept = await raw.execute(sql.SQL(move).format(**own))
    await raw.execute(sql.SQL("alter table {rest} force row level security").format(**own))
    await raw.execute(sql.SQL("drop table {part}").format(**own))
    return (int(held[0]) if held else 0) - kept.rowcount


async def _drop_rest(raw: psycopg.AsyncConnection, cutoff: Month, size: int) -> int:
    """Drop the old events that lie outside any month's partition."""
    own = {"rest": REST, "size": sql.Literal(size), "end": sql.Literal(cutoff.first_id)}
    await raw.execute(sql.SQL("alter table {rest} no force row level security").format(**own))
    delete = "delete from {rest} e where e.id < {end} and not " + _IS_KEPT
    gone = await raw.execute(sql.SQL(delete).format(**own))
    await raw.execute(sql.SQL("alter table {rest} force row level security").format(**own))
    return gone.rowcount


async def _drop_notes(raw: psycopg.AsyncConnection, cutoff: Month) -> None:
    """Forget of whom the dropped events told."""
    await raw.execute("alter table outrider.person_events no force row level security")
    delete = (
        "delete from outrider.person_events p where p.id < {end}"
        " and not exists (select from {log} e where e.id = p.id)"
    )
    own = {"end": sql.Literal(cutoff.first_id), "log": sql.Identifier("outrider", "audit_events")}
    await raw.execute("alter table outrider.audit_events no force row level security")
    await raw.execute(sql.SQL(delete).format(**own))
    await raw.execute("alter table outrider.audit_events force row level security")
    await raw.execute("alter table outrider.person_events force row level security")


async def _keep(
    raw: psycopg.AsyncConnection, signer: Signer, seal: Seal, gone: tuple[Month, int, datetime]
) -> Cut:
    """Sign what was done and write it down; a cut at the same leaf replaces the one before."""
    cutoff, dropped, now = gone
    before = await raw.execute(
        "select events from outrider.audit_cuts where size = %s", [seal.size]
    )
    row = await before.fetchone()
    events = dropped + (int(row[0]) if row else 0)
    bare = Cut(seal.size, seal.root, cutoff.begins_at, events, now)
    cut = replace(bare, signature=signer.sign_bytes(bare.text()), key_id=signer.key_id)
    await raw.execute(
        "insert into outrider.audit_cuts (size, root, before, events, cut_at, signature, key_id)"
        " values (%s, %s, %s, %s, %s, %s, %s) on conflict (size) do update set"
        " before = excluded.before, events = excluded.events, cut_at = excluded.cut_at,"
        " signature = excluded.signature, key_id = excluded.key_id",
        [cut.size, cut.root, cut.before, cut.events, cut.cut_at, cut.signature, cut.key_id],
    )
    return cut
