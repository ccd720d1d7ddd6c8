"""From one record of a list to a clean row, or to the reason why not.

In: a record and the column map. Out: `ImportRow` or `RejectedRow`. Never: I/O, or half a row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from outrider.prospects import cells
from outrider.prospects.columns import ATTRIBUTE
from outrider.prospects.identity import NotAnAddress, employer_site, mail_address, site
from outrider.prospects.listfile import Record
from outrider.prospects.types import ImportRow, RejectedRow

_LONGEST = 1000
_LONGEST_COMPANY = 300
_REMEMBERED = 8192


def _website(raw: str) -> str | None:
    said = cells.optional(raw)
    if said is not None and site(said) is None:
        raise cells.BadCell(f"{said!r} is no web address such as acme.com")
    return said


_READERS: Mapping[str, Callable[[str], Any]] = {
    "company": cells.name,
    "first_name": cells.name,
    "last_name": cells.name,
    "full_name": cells.name,
    "title": cells.name,
    "phone": cells.optional,
    "domain": _website,
    "cik": cells.cik,
    "ticker": cells.ticker,
    "industry": cells.optional,
    "country": cells.country,
    "timezone": cells.timezone,
    "employees": cells.employees,
    "icp_score": cells.icp_score,
    "competitor": cells.optional,
    "opted_out": cells.opted_out,
}


def _bounded(reader: Callable[[str], Any]) -> Callable[[str], Any]:
    def read(raw: str) -> Any:
        if len(raw) > _LONGEST:
            raise cells.BadCell(f"it is longer than {_LONGEST:,} signs")
        return reader(raw)

    return read


class RowReader:
    """Reads the records of one list."""

    def __init__(self, columns: Sequence[str], column_map: Mapping[str, str]) -> None:
        """`column_map` is field → column, each of them one of `columns`."""
        place = {column: index for index, column in enumerate(columns)}
        self._columns = {field: column for field, column in column_map.items()}
        self._email = place[column_map["email"]]
        self._fields = [
            # Lists repeat themselves: a company's cells come once a person.
            (field, place[column], lru_cache(maxsize=_REMEMBERED)(_bounded(_READERS[field])))
            for field, column in column_map.items()
            if field in _READERS
        ]
        self._attributes = [
            (field[len(ATTRIBUTE) :], place[column])
            for field, column in column_map.items()
            if field.startswith(ATTRIBUTE)
        ]
        self._employees = place.get(column_map.get("employees", ""))

    def read(self, record: Record) -> ImportRow | RejectedRow:
        """The clean row, or why there is none: the first fault from left to right of the map."""
        if record.problem:
            return _rejected(record, "", "", record.problem)
        raw = record.cells[self._email]
        try:
            said = cells.text(raw)
            if not said:
                return self._fault(record, "email", raw, "there is no e-mail address")
            email = mail_address(said)
        except NotAnAddress as error:
            return self._fault(record, "email", raw, f"{said!r} is no e-mail address: {error}")
        values: dict[str, Any] = {}
        field = ""
        try:
            for field, index, reader in self._fields:
                raw = record.cells[index]
                if raw:
                    values[field] = reader(raw)
        except cells.BadCell as error:
            return self._fault(record, field, raw[:_LONGEST], str(error))
        return self._row(record, email, values)

    def _row(self, record: Record, email: str, values: dict[str, Any]) -> ImportRow | RejectedRow:
        domain = employer_site(values.pop("domain", None), email)
        company = values.pop("company", "") or domain or ""
        if not company:
            said = "there is no company, and the address is of a provider that anybody can use"
            return self._fault(record, "company", "", said)
        if len(company) > _LONGEST_COMPANY:
            said = f"it is longer than {_LONGEST_COMPANY} signs"
            return self._fault(record, "company", company[:80], said)
        full_name = values.pop("full_name", "")
        if full_name:
            values["first_name"], values["last_name"] = cells.split_name(full_name)
        return ImportRow(
            line=record.line,
            company=company,
            email=email,
            domain=domain,
            attributes=self._kept(record, values.get("employees") is None),
            **values,
        )

    def _kept(self, record: Record, without_number: bool) -> dict[str, str]:
        if not self._attributes and not without_number:
            return {}
        kept = {
            name: said[:_LONGEST]
            for name, index in self._attributes
            if (said := cells.text(record.cells[index]))
        }
        if without_number and self._employees is not None:
            raw = record.cells[self._employees]
            if raw and cells.is_range(raw):
                kept.setdefault("employees_range", cells.text(raw))
        return kept

    def _fault(self, record: Record, field: str, value: str, reason: str) -> RejectedRow:
        return _rejected(record, self._columns.get(field, field), value, reason)


def _rejected(record: Record, column: str, value: str, reason: str) -> RejectedRow:
    return RejectedRow(
        line=record.line, column=column, value=value, reason=reason, raw=tuple(record.cells)
    )
