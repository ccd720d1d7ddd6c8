"""Clean rows gathered into batches for the database, with repeated people and accounts merged.

In: rows. Out: `Batch`, whose two texts are in Postgres' COPY format. Never: I/O, or more of the
list in memory than one batch and a number per address and account.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from outrider.kernel.ids import new_id
from outrider.prospects.identity import Suppressor, account_key, address_key
from outrider.prospects.types import ImportRow

# Signs that no cell holds stand for the separators until the text is escaped in one go.
_CELL, _ROW, _NULL = "\x1f", "\x1e", "\x1d"
_FILLABLE = ("first_name", "last_name", "title", "phone", "country", "timezone")
_OF_ACCOUNT = ("domain", "cik", "ticker", "industry", "country", "employees", "icp_score")


@dataclass(frozen=True)
class Batch:
    """One transaction's worth of a list."""

    accounts: bytes
    contacts: bytes
    rows_of_accounts: dict[str, ImportRow]
    contact_count: int
    repeated: int


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

    def batch(self, rows: Iterable[ImportRow]) -> Batch:
        """The rows as one batch."""
        people: dict[str, tuple[ImportRow, str]] = {}
        accounts: dict[str, ImportRow] = {}
        repeated = 0
        for row in rows:
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
        )

    def _account_cells(self, accounts: dict[str, ImportRow]) -> list[Sequence[Any]]:
        cells: list[Sequence[Any]] = []
        for key, row in accounts.items():
            cells.append(
                (
                    new_id(self.now),
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

    def _contacts(
        self, people: dict[str, tuple[ImportRow, str]]
    ) -> tuple[list[Sequence[Any]], int]:
        cells: list[Sequence[Any]] = []
        repeats = 0
        for key, (row, account) in people.items():
            again = _seen(self._people, key)
            repeats += again
            cells.append(
                (
                    new_id(self.now),
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
    gaps = {
        name: value
        for name in fields
        if getattr(first, name) in (None, "") and (value := getattr(later, name)) not in (None, "")
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


def copy_text(rows: Iterable[Sequence[str | UUID | Any | None]]) -> bytes:
    """Rows in the text format of COPY."""
    text = "".join(
        _CELL.join([_NULL if cell is None else str(cell) for cell in row]) + _ROW for row in rows
    )
    text = text.replace("\\", "\\\\").replace("\t", " ").replace("\n", " ").replace("\r", " ")
    text = text.replace("\x00", "").replace(_CELL, "\t").replace(_ROW, "\n").replace(_NULL, "\\N")
    return text.encode("utf-8", "replace")
