"""Compare a log with checkpoints that were kept outside its database.

In: the checkpoints, the tree as it grows. Out: what is wrong, named: cut off, written anew, put back
from an old backup, a checkpoint that was exchanged. Never: a judgement on a single event.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import psycopg

from outrider.kernel.audit.keys import KeyChain
from outrider.kernel.audit.merkle import Frontier
from outrider.kernel.audit.seal import Seal


@dataclass(frozen=True)
class Sample:
    """Checkpoints read from a store, and the names of objects there that are none."""

    seals: tuple[Seal, ...] = ()
    damaged: tuple[str, ...] = ()


class Kept:
    """The checkpoints kept elsewhere, and how the log stands to each."""

    def __init__(self, sample: Sample, chain: KeyChain) -> None:
        """`chain` has the keys of the log; what none of them signed in its time counts as exchanged."""
        seals = sample.seals
        self._damaged = sample.damaged
        self._exchanged = [seal for seal in seals if not chain.signed(seal)]
        self._by_size: dict[int, set[bytes]] = {}
        for seal in seals:
            if seal not in self._exchanged:
                self._by_size.setdefault(seal.size, set()).add(seal.root)
        self._at = {seal.size: seal.sealed_at for seal in seals if seal not in self._exchanged}
        self._agrees_to = 0
        self._differs_at: int | None = None
        self.agreed = 0

    def sizes(self, start: int, end: int) -> list[int]:
        """The sizes of kept checkpoints in the half-open range after `start`, up to `end`."""
        return [size for size in self._by_size if start < size <= end]

    def compare(self, tree: Frontier) -> None:
        """Look whether a tree of this size has the root that was kept."""
        roots = self._by_size.get(tree.size)
        if roots is None:
            return
        if roots == {tree.root()}:
            self._agrees_to = tree.size
            self.agreed += 1
        elif self._differs_at is None:
            self._differs_at = tree.size

    @property
    def agrees_to(self) -> int:
        """The size of the longest kept checkpoint that the log agrees with."""
        return self._agrees_to

    def faults(self, size: int, restored: datetime | None) -> Iterator[tuple[str, str]]:
        """(kind, sentence) of each thing that is wrong with a log of `size` leaves.

        `restored` is when a backup was put back after the last agreement, if that is known.
        """
        for seal in self._exchanged:
            yield (
                "checkpoint",
                f"The kept checkpoint of {seal.size} leaves is not signed by this log's key: it was "
                "exchanged, or belongs to another log.",
            )
        for name in self._damaged:
            yield (
                "checkpoint",
                f"The object {name} of the store is not the checkpoint it is named for.",
            )
        longest = max(self._by_size, default=0)
        is_shorter = longest > size
        if restored and (is_shorter or self._differs_at is not None):
            yield (
                "restored",
                f"An old backup was put back on {restored:%Y-%m-%d %H:%M:%S} UTC: the log is the one "
                f"that was kept up to leaf {self._agrees_to}, and of the {longest} leaves that it had "
                "the later ones are gone.",
            )
        elif self._differs_at is not None:
            yield "checkpoint", self._rewritten(self._differs_at)
        elif is_shorter:
            yield (
                "tail_cut",
                f"The end of the log was cut off: it had {longest} leaves at "
                f"{self._at[longest]:%Y-%m-%d %H:%M:%S} UTC and now has {size}.",
            )

    def _rewritten(self, size: int) -> str:
        if not self._agrees_to:
            return (
                f"The log was rewritten: its first {size} leaves do not give the root of the "
                "checkpoint that was kept elsewhere."
            )
        return (
            f"The log was rewritten after leaf {self._agrees_to}: up to there it is the one that was "
            f"kept elsewhere, and its first {size} leaves do not give the root that was kept."
        )


def restored_at(conn: psycopg.Connection, kept: Kept) -> datetime | None:
    """When a backup was put back after the last agreement with what was kept, if the log shows it.

    Either `outrider restore` wrote it down, or the transaction ids begin anew, as in any dump.
    """
    row = conn.execute(
        "select min(e.at) from outrider.audit_events e"
        " left join outrider.audit_leaves l on l.event_id = e.id"
        " where e.action = 'care.restore' and (l.leaf_no is null or l.leaf_no >= %s)",
        [kept.agrees_to],
    ).fetchone()
    if row and row[0]:
        return datetime.fromisoformat(row[0].isoformat())
    row = conn.execute(
        "select max(sealed_at) from outrider.audit_seals"
        " where last_xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    ).fetchone()
    return datetime.fromisoformat(row[0].isoformat()) if row and row[0] else None
