"""Verify the whole log: every event against its leaf, every leaf against the signed roots.

In: a plain connection that may read the log, the public key, a checkpoint kept elsewhere. Out: a
`Verdict` that names each row that is not what was sealed. Never: a change, or trust in a stored
hash.

What it cannot see by itself: that the newest seals, leaves and events were cut off together. That
takes a checkpoint kept outside the database. Events not sealed yet are counted, not proven.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from psycopg.rows import dict_row

from outrider.kernel.audit.append import leaf_of
from outrider.kernel.audit.expire import Cut
from outrider.kernel.audit.kept import Kept, Sample, restored_at
from outrider.kernel.audit.keys import QUERY, KeyChain, KeyChange
from outrider.kernel.audit.merkle import Frontier
from outrider.kernel.audit.proven import JOIN, chunk_query, hashes, proven
from outrider.kernel.audit.seal import Seal
from outrider.kernel.audit.verdict import Fault, Verdict
from outrider.kernel.database.connect import Database, Role

__all__ = ["CHUNK", "MOST_NAMED", "Fault", "Verdict", "verify", "verify_database"]

CHUNK = 16_384
"""Leaves read at a time."""

NOTHING_EXPORTED = Sample()

MOST_NAMED = 1_000
"""Faults that are named; further ones are counted."""

_SLOW = "select l.leaf_no, l.event_id, l.leaf as sealed, e.*" + JOIN


async def verify_database(
    database: Database,
    public: Ed25519PublicKey,
    *,
    checkpoint: Seal | None = None,
    exported: Sample = NOTHING_EXPORTED,
    progress: Callable[[int, int], None] | None = None,
) -> Verdict:
    """`verify` on a connection of the sealer's login, in a thread."""
    url = database.url(Role.SEALER).set(drivername="postgresql")

    def work() -> Verdict:
        with psycopg.connect(url.render_as_string(hide_password=False)) as conn:
            return verify(conn, public, checkpoint=checkpoint, exported=exported, progress=progress)

    return await asyncio.to_thread(work)


def verify(
    conn: psycopg.Connection,
    public: Ed25519PublicKey,
    *,
    checkpoint: Seal | None = None,
    exported: Sample = NOTHING_EXPORTED,
    progress: Callable[[int, int], None] | None = None,
) -> Verdict:
    """Recompute everything. Memory is flat; the log may grow meanwhile.

    Args:
        conn: reads audit_events of every workspace, audit_leaves and audit_seals.
        public: a key of the log; the others are found by the changes that both keys signed.
        checkpoint: a seal kept outside; shows what was cut off or rewritten since.
        exported: more of them, from a store.
        progress: told (events done, events in all) after each chunk.
    """
    if checkpoint:
        exported = replace(exported, seals=(*exported.seals, checkpoint))
    changes = conn.execute(QUERY.encode()).fetchall()
    chain = KeyChain(public, [KeyChange(*one) for one in changes])
    return _Verification(conn, chain, Kept(exported, chain)).run(progress)


@dataclass
class _StoredSeal:
    seal: Seal
    frontier: bytes
    subtrees: bytes
    previous_root: bytes | None
    last_event_id: UUID
    last_leaf_event_id: UUID | None

    def tree(self) -> Frontier | None:
        """The tree at this seal, if its stored frontier gives the root."""
        try:
            tree = Frontier.decode(self.seal.size, self.frontier)
        except ValueError:
            return None
        return tree if tree.root() == self.seal.root else None


@dataclass
class _Verification:
    conn: psycopg.Connection
    chain: KeyChain
    kept: Kept
    faults: list[Fault] = field(default_factory=list)
    count: int = 0
    seals: int = 0
    tree: Frontier = field(default_factory=Frontier)
    # The tree as the events give it, kept from the first fault of a seal on: it tells whether the
    # event or the leaf was changed.
    other: Frontier | None = None
    suspects: list[tuple[int, UUID]] = field(default_factory=list)
    blocks: list[bytes] = field(default_factory=list)
    previous: Seal | None = None
    cut: Cut | None = None

    def run(self, progress: Callable[[int, int], None] | None) -> Verdict:
        newest = self._newest()
        size = newest.size if newest else 0
        self.cut = self._newest_cut()
        for change in self.chain.forged:
            self.fault(
                "key_change",
                f"The change of the log's key after leaf {change.size} is not one that both its keys"
                " signed, or does not lead to the key given: it was forged.",
            )
        gone = min(self.cut.size, size) if self.cut else 0
        for begin, finish in ((0, gone), (gone, size)):
            for start in range(begin, finish, CHUNK):
                end = min(start + CHUNK, finish)
                self._chunk(start, end)
                if progress:
                    progress(end, size)
        self._after(newest)
        return Verdict(
            size,
            self.seals,
            self._unsealed(newest),
            newest,
            tuple(self.faults),
            self.count,
            self.cut,
            self.kept.agreed,
        )

    def fault(
        self, kind: str, sentence: str, leaf_no: int | None = None, event_id: UUID | None = None
    ) -> None:
        self.count += 1
        if len(self.faults) < MOST_NAMED:
            self.faults.append(Fault(kind, sentence, leaf_no, event_id))

    def _newest(self) -> Seal | None:
        row = self.conn.execute(
            "select size, root, sealed_at, signature, key_id from outrider.audit_seals"
            " order by size desc limit 1"
        ).fetchone()
        return Seal(*row) if row else None

    def _newest_cut(self) -> Cut | None:
        """The newest cut that the key signed; any other is a fault and excuses nothing."""
        newest = None
        for row in self.conn.execute(
            "select size, root, before, events, cut_at, signature, key_id from outrider.audit_cuts"
            " order by size"
        ).fetchall():
            cut = Cut(*row)
            if cut.signed_by(self.chain.at(cut.cut_at, cut.size)):
                newest = cut
            else:
                self.fault(
                    "cut_signature",
                    f"The note that events before leaf {cut.size} were dropped does not bear a valid "
                    "signature.",
                )
        return newest

    def _chunk(self, start: int, end: int) -> None:
        """Extend the tree by these leaves, stopping at each seal and at each kept checkpoint."""
        stops: dict[int, _StoredSeal | None] = {
            stored.seal.size: stored for stored in self._seals(start, end)
        }
        for size in self.kept.sizes(start, end):
            stops.setdefault(size, None)
        is_gone = self.cut is not None and end <= self.cut.size
        # Whether a hash without its event is the sealed one, the signed roots tell.
        leaves = (hashes if is_gone else proven)(self.conn, start, end)
        explained = self._explained(start, end) if leaves is None else None
        at = start
        for stop in sorted({*stops, end}):
            if leaves is not None:
                fresh = leaves[at - start : stop - start]
                self.blocks += self.tree.extend(fresh)
                if self.other:
                    self.other.extend(fresh)
            elif explained is not None:
                self._extend_explained(explained, stop - at)
            at = stop
            if stop in stops:
                self._stop(stops[stop])

    def _stop(self, stored: _StoredSeal | None) -> None:
        self.kept.compare(self.tree)
        if stored:
            self._check_seal(stored)

    def _check_seal(self, stored: _StoredSeal) -> None:
        seal = stored.seal
        self.seals += 1
        authentic = self.chain.signed(seal)
        if not authentic:
            self.fault("seal_signature", f"Seal {seal.size} does not bear a valid signature.")
        before = self.previous.root if self.previous else None
        follows = stored.previous_root == before
        if not follows:
            self.fault("seal_missing", f"A seal before seal {seal.size} was removed or exchanged.")
        if self.tree.root() == seal.root:
            self._name_suspects(leaf_changed=False)
            blocks = b"".join(self.blocks) if follows else stored.subtrees
            if stored.tree() is None or stored.subtrees != blocks:
                self.fault("seal_hashes", f"The auxiliary hashes of seal {seal.size} were changed.")
        else:
            leaf_changed = self.other is not None and self.other.root() == seal.root
            self._name_suspects(leaf_changed=leaf_changed)
            if not leaf_changed:
                self.fault(
                    "seal_root", f"The leaves up to seal {seal.size} do not give its signed root."
                )
            # Go on from what was signed, so that later faults are named for themselves.
            resumed = stored.tree()
            if authentic and resumed:
                self.tree = resumed
        if any(one.size == seal.size and one.root != seal.root for one in self.chain.changes):
            self.fault(
                "key_change",
                f"The change of the log's key after leaf {seal.size} is another log's.",
            )
        if stored.last_leaf_event_id not in (None, stored.last_event_id):
            self.fault("seal_end", f"Seal {seal.size} names another last event than its leaves do.")
        self.other = None
        self.blocks = []
        self.previous = seal

    def _name_suspects(self, *, leaf_changed: bool) -> None:
        for leaf_no, event_id in self.suspects:
            if leaf_changed:
                self.fault(
                    "leaf_changed",
                    f"Leaf {leaf_no} was changed: event {event_id} still has the sealed content.",
                    leaf_no,
                    event_id,
                )
            else:
                self.fault(
                    "event_changed",
                    f"Event {event_id} (leaf {leaf_no}) was changed after it was sealed: "
                    "its content no longer gives the sealed hash.",
                    leaf_no,
                    event_id,
                )
        self.suspects = []

    def _explained(self, start: int, end: int) -> Iterator[tuple[bytes, bytes]]:
        """(leaf as stored, leaf as the event gives it), naming what is wrong on the way."""
        cursor = self.conn.cursor(row_factory=dict_row)
        rows = cursor.execute(chunk_query(_SLOW, start, end)).fetchall()
        by_number = {row["leaf_no"]: row for row in rows}
        for number in range(start, end):
            row = by_number.get(number)
            if row is None:
                self.fault("leaf_deleted", f"Leaf {number} was deleted.", number)
                yield bytes(32), bytes(32)
            else:
                yield row["sealed"], self._judge(row)

    def _judge(self, row: dict[str, Any]) -> bytes:
        number, event_id, sealed = row["leaf_no"], row["event_id"], row["sealed"]
        if row["id"] is None and self.cut and number < self.cut.size:
            return bytes(sealed)
        if row["id"] is None:
            self.fault(
                "event_deleted",
                f"Event {event_id} (leaf {number}) was deleted: only its leaf is left.",
                number,
                event_id,
            )
            return bytes(sealed)
        given = leaf_of(row)
        if given != sealed:
            self.suspects.append((number, event_id))
        elif row["leaf"] != sealed:
            self.fault(
                "event_hash_changed",
                f"Event {event_id} (leaf {number}) has its sealed content, "
                "but the hash stored beside it was changed.",
                number,
                event_id,
            )
        return given

    def _extend_explained(self, pairs: Iterator[tuple[bytes, bytes]], count: int) -> None:
        for _ in range(count):
            sealed, given = next(pairs)
            if sealed != given and self.other is None:
                self.other = self.tree.copy()
            if (block := self.tree.append(sealed)) is not None:
                self.blocks.append(block)
            if self.other:
                self.other.append(given)

    def _seals(self, start: int, end: int) -> Iterator[_StoredSeal]:
        rows = self.conn.execute(
            "select s.size, s.root, s.sealed_at, s.signature, s.key_id,"
            " s.frontier, s.subtrees, s.previous_root, s.last_event_id, l.event_id"
            " from outrider.audit_seals s"
            " left join outrider.audit_leaves l on l.leaf_no = s.size - 1"
            " where s.size > %s and s.size <= %s order by s.size",
            [start, end],
        ).fetchall()
        for row in rows:
            yield _StoredSeal(Seal(*row[:5]), *row[5:])

    def _after(self, newest: Seal | None) -> None:
        """What lies beyond the leaves: a cut tail, and events that were slipped in."""
        size = newest.size if newest else 0
        self._name_suspects(leaf_changed=False)
        for kind, sentence in self.kept.faults(size, restored_at(self.conn, self.kept)):
            self.fault(kind, sentence)
        self._leaves_without_seal(size)
        if newest:
            self._events_without_leaf()

    def _leaves_without_seal(self, size: int) -> None:
        # A sealer may have added leaves and their seal since: only those without a seal count.
        row = self.conn.execute(
            "select count(*), min(leaf_no) from outrider.audit_leaves where leaf_no >= greatest("
            "%s, (select coalesce(max(size), 0) from outrider.audit_seals))",
            [size],
        ).fetchone()
        if row and row[0]:
            self.fault(
                "seal_deleted",
                f"{row[0]} leaves from number {row[1]} on have no seal: the newest seals were "
                "deleted.",
                row[1],
            )

    def _events_without_leaf(self) -> None:
        rows = self.conn.cursor().stream(
            "select e.id from outrider.audit_events e,"
            " (select last_xid, last_event_id from outrider.audit_seals"
            "  order by size desc limit 1) s"
            " where (e.xid, e.id) <= (s.last_xid, s.last_event_id)"
            # In a restored dump the ids start anew and tell nothing until the next seal.
            " and s.last_xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
            " and not exists (select from outrider.audit_leaves l where l.event_id = e.id)"
            " order by e.xid, e.id"
        )
        for (event_id,) in rows:
            self.fault(
                "event_added",
                f"Event {event_id} lies before the newest seal but has no leaf: "
                "it was added later, or its leaf was removed.",
                None,
                event_id,
            )

    def _unsealed(self, newest: Seal | None) -> int:
        row = self.conn.execute("select count(*) from outrider.audit_events").fetchone()
        if not newest:
            return int(row[0]) if row else 0
        row = self.conn.execute(
            "select count(*) from outrider.audit_events e"
            " where (xid, id) > (select last_xid, last_event_id from outrider.audit_seals"
            "                    order by size desc limit 1)"
            " and not exists (select from outrider.audit_leaves l where l.event_id = e.id)"
        ).fetchone()
        return int(row[0]) if row else 0
