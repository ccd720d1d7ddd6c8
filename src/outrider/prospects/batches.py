"""Clean rows gathered into batches for the database, with repeated people and accounts merged.

In: rows. Out: `Batch`, whose two texts are in Postgres' COPY format. Never: I/O, or more of the
list in memory than one batch and a number per address and account.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from outrider.kernel.ids import new_id
from outrider.prospects.identity import Suppressor, account_key, address_key
from outrider.prospects.types import ImportRow

# Signs that no cell holds stand for the separators until the text is escaped in one go.
_CELL, _ROW, _NULL = "\x1f", "\x1e", "\x1d"
_FILLABLE = ("first_name", "last_name", "title", "phone", "country", "timezone")
_CONTROL = dict.fromkeys(range(32), " ")
_OF_ACCOUNT = ("domain", "cik", "ticker", "industry", "country", "employees", "icp_score")


@dataclass(frozen=True)
class Batch:
    """One transaction's worth of a list. `opted_out` are hashes of who must not be written to."""

    accounts: bytes
    contacts: bytes
    rows_of_accounts: dict[str, ImportRow]
    contact_count: int
    repeated: int
    opted_out: tuple[str, ...] = ()


@dataclass
class Merging:
    """Remembers which people and accounts a list has named so far.

    The first row of a person or an account counts; later ones only fill what it leaves open, be
    they in the same batch or in a later one. So the same list again changes nothing.
    """

    suppressor: Suppressor
    now: datetime
    _people: set[int] = field(default_factory=set)
    _accounts: set[int] = field(default_factory=set)
    _given: int = 0

    def batch(self, rows: Iterable[ImportRow]) -> Batch:
        """The rows as one batch."""
        people: dict[str, tuple[ImportRow, str]] = {}
        accounts: dict[str, ImportRow] = {}
        repeated = 0
        opted_out: list[str] = []
        for row in rows:
            if row.opted_out:
                opted_out.append(self.suppressor.hash(row.email))
            key = account_key(row.company, row.domain)
            known = accounts.get(key)
            accounts[key] = row if known is None else _filled_account(known, row)
            person = address_key(row.email)
            first = people.get(person)
            if first is None:
                people[person] = (row, key)
            else:
                repeated += 1
                people[person] = (_filled(first[0], row, _FILLABLE), first[1])
        contact_cells, repeats = self._contacts(people)
        return Batch(
            accounts=copy_text(self._account_cells(accounts)),
            contacts=copy_text(contact_cells),
            rows_of_accounts=accounts,
            contact_count=len(people),
            repeated=repeated + repeats,
            opted_out=tuple(sorted(set(opted_out))),
        )

    def _account_cells(self, accounts: dict[str, ImportRow]) -> list[Sequence[Any]]:
        cells: list[Sequence[Any]] = []
        for id_, (key, row) in zip(self._ids(len(accounts)), accounts.items(), strict=True):
            cells.append(
                (
                    id_,
                    key,
                    row.company,
                    "f" if row.company == row.domain else "t",
                    row.domain,
                    row.cik,
                    row.ticker,
                    row.industry,
                    row.country,
                    row.employees,
                    row.icp_score,
                    row.competitor,
                    json.dumps(row.attributes) if row.attributes else "{}",
                    "t" if _seen(self._accounts, key) else "f",
                )
            )
        return cells

    def _ids(self, count: int) -> Iterator[str]:
        """UUIDv7 of one instant in the order of the list, as hex digits.

        A counter fills the first 32 bits after the instant (RFC 9562, section 6.2, method 1), so
        that a list's order is the order of its people; the rest is random.
        """
        instant = new_id(self.now).hex[:12]
        digits = os.urandom(5 * count).hex()
        for start in range(0, 10 * count, 10):
            number = f"{self._given:08x}"
            self._given += 1
            yield f"{instant}7{number[:3]}8{number[3:]}{digits[start : start + 10]}"

    def _contacts(
        self, people: dict[str, tuple[ImportRow, str]]
    ) -> tuple[list[Sequence[Any]], int]:
        cells: list[Sequence[Any]] = []
        repeats = 0
        ids = self._ids(len(people))
        for id_, (key, (row, account)) in zip(ids, people.items(), strict=True):
            again = _seen(self._people, key)
            repeats += again
            cells.append(
                (
                    id_,
                    account,
                    row.email,
                    key,
                    self.suppressor.hash(row.email),
                    row.first_name,
                    row.last_name,
                    row.title,
                    row.phone,
                    row.country,
                    row.timezone,
                    "t" if again else "f",
                )
            )
        return cells, repeats


def _seen(known: set[int], key: str) -> bool:
    """Whether the key came before; 64 bits of it are kept, and a clash only fills, never loses."""
    mark = hash(key)
    if mark in known:
        return True
    known.add(mark)
    return False


def _filled(first: ImportRow, later: ImportRow, fields: Sequence[str]) -> ImportRow:
    """The first row with what it leaves open taken from a later one."""
    known = attrgetter(*fields)(first)
    if None not in known and "" not in known:
        return first
    gaps = {
        name: value
        for name, mine, value in zip(fields, known, attrgetter(*fields)(later), strict=True)
        if mine in (None, "") and value not in (None, "")
    }
    return first.model_copy(update=gaps) if gaps else first


def _filled_account(first: ImportRow, later: ImportRow) -> ImportRow:
    filled = _filled(first, later, (*_OF_ACCOUNT, "competitor"))
    changes: dict[str, Any] = {}
    if first.company == first.domain and later.company != later.domain:
        changes["company"] = later.company
    if later.attributes.keys() - first.attributes.keys():
        changes["attributes"] = {**later.attributes, **first.attributes}
    return filled.model_copy(update=changes) if changes else filled


def copy_text(rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows in the text format of COPY; a cell's control signs become blanks, None becomes NULL."""
    table = [[None if cell is None else str(cell) for cell in row] for row in rows]
    text = _joined(table)
    cells = sum(len(row) for row in table)
    if text.count(_CELL) + text.count(_ROW) != cells or text.count(_NULL) != sum(
        row.count(None) for row in table
    ):
        text = _joined([[cell and cell.translate(_CONTROL) for cell in row] for row in table])
    text = text.replace("\\", "\\\\").replace("\t", " ").replace("\n", " ").replace("\r", " ")
    text = text.replace("\x00", "").replace(_CELL, "\t").replace(_ROW, "\n").replace(_NULL, "\\N")
    return text.encode("utf-8", "replace")


def _joined(table: Sequence[Sequence[str | None]]) -> str:
    return "".join(
        _CELL.join([_NULL if cell is None else cell for cell in row]) + _ROW for row in table
    )
