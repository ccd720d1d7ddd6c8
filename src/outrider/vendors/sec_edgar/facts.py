"""EDGAR's JSON answers: company facts, submissions and the list of tickers.

In: bytes or parsed JSON. Out: typed answers, reported amounts. Never: a request, a clock, or an
amount of another company than the one whose CIK the answer carries.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from outrider.vendors.sec_edgar import amounts
from outrider.vendors.sec_edgar.documents import Unreadable, padded_cik

ANNUAL_FORMS = frozenset({"10-K", "10-K405", "10-KT", "20-F", "40-F"})
INTERIM_FORMS = frozenset({"10-Q", "10-QT"})
_ACCESSION = re.compile(r"\d{10}-\d{2}-\d{6}")
_DOCUMENT_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Filing:
    """One line of a company's list of filings."""

    accession: str
    form: str
    filed: date
    period: date | None
    document: str


@dataclass(frozen=True)
class Submissions:
    """Who a company is to the SEC, and what it filed of late."""

    cik: str
    name: str
    former_names: tuple[str, ...]
    tickers: tuple[str, ...]
    fiscal_year_end: str | None
    fiscal_year_end_quote: str
    filings: tuple[Filing, ...]

    @property
    def latest_filing(self) -> date | None:
        """The day up to which the answer tells the company's filings."""
        return max((filing.filed for filing in self.filings), default=None)

    def newest_annual(self) -> Filing | None:
        """The newest whole annual report; amendments are left out, for most hold a part only."""
        annual = [item for item in self.filings if item.form in ANNUAL_FORMS and item.document]
        return max(annual, key=lambda item: (item.period or date.min, item.filed), default=None)


@dataclass(frozen=True)
class Listed:
    """A row of EDGAR's list of tickers."""

    cik: str
    ticker: str
    name: str


def read_json(content: bytes) -> Any:
    """The parsed JSON, with decimals in place of floats.

    Raises:
        Unreadable: the bytes are empty, no text, or no whole JSON.
    """
    if not content.strip():
        raise Unreadable("is empty")
    try:
        return json.loads(content, parse_float=Decimal)
    except (UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("is no JSON text") from error
    except json.JSONDecodeError as error:
        raise Unreadable(f"is no whole JSON: it breaks at character {error.pos:,}") from error


def newest_lease_liability(facts_json: Mapping[str, Any]) -> amounts.LeaseLiability | None:
    """The newest lease liability in a `companyfacts` answer; see `amounts` for the rules."""
    return amounts.newest_lease_liability(reported(facts_json, amounts.LEASE_TAGS))


def newest_revenue(facts_json: Mapping[str, Any]) -> amounts.Reported | None:
    """The newest yearly revenue in a `companyfacts` answer."""
    return amounts.newest_revenue(reported(facts_json, amounts.REVENUE_TAGS))


def reported(
    facts_json: Mapping[str, Any], tags: frozenset[str] | tuple[str, ...]
) -> Iterator[amounts.Reported]:
    """The amounts under `tags`, in the order of the answer; rows that make no sense are skipped."""
    taxonomies = _mapping(facts_json.get("facts"))
    for tag in sorted(tags):
        taxonomy, _, concept = tag.partition(":")
        units = _mapping(_mapping(_mapping(taxonomies.get(taxonomy)).get(concept)).get("units"))
        for unit, rows in units.items():
            for row in rows if isinstance(rows, list) else ():
                item = _reported_row(tag, unit, _mapping(row))
                if item is not None:
                    yield item


def company_of_facts(facts_json: Any) -> tuple[str, str]:
    """The CIK (ten digits) and name in a `companyfacts` answer.

    Raises:
        Unreadable: it is no such answer.
    """
    answer = _mapping(facts_json)
    cik = padded_cik(answer.get("cik"))
    if cik is None or not isinstance(answer.get("facts"), Mapping):
        raise Unreadable("is no answer of EDGAR's company facts: `cik` or `facts` is missing")
    return cik, str(answer.get("entityName") or "")


def read_submissions(content: Any) -> Submissions:
    """A `submissions` answer.

    Raises:
        Unreadable: it is no such answer.
    """
    answer = _mapping(content)
    cik = padded_cik(answer.get("cik"))
    name = answer.get("name")
    if cik is None or not isinstance(name, str):
        raise Unreadable("is no answer of EDGAR's submissions: `cik` or `name` is missing")
    raw_end = answer.get("fiscalYearEnd")
    former = answer.get("formerNames")
    tickers = answer.get("tickers")
    return Submissions(
        cik=cik,
        name=name,
        former_names=tuple(
            str(_mapping(item).get("name"))
            for item in (former if isinstance(former, list) else ())
            if _mapping(item).get("name")
        ),
        tickers=tuple(str(item) for item in (tickers if isinstance(tickers, list) else ()) if item),
        fiscal_year_end=_month_day(raw_end),
        fiscal_year_end_quote=f'"fiscalYearEnd": "{raw_end}"',
        filings=tuple(_filings(_mapping(_mapping(answer.get("filings")).get("recent")))),
    )


def read_tickers(content: Any) -> tuple[Listed, ...]:
    """The rows of `company_tickers.json`; rows that make no sense are skipped.

    Raises:
        Unreadable: it is no such list.
    """
    if isinstance(content, Mapping):
        rows = list(content.values())
    elif isinstance(content, list):
        rows = content
    else:
        rows = []
    listed = [
        Listed(cik, str(row.get("ticker") or ""), str(row.get("title") or ""))
        for row in map(_mapping, rows)
        if (cik := padded_cik(row.get("cik_str"))) is not None
    ]
    if not listed:
        raise Unreadable("is no list of tickers: no row has `cik_str`")
    return tuple(listed)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _reported_row(tag: str, unit: str, row: Mapping[str, Any]) -> amounts.Reported | None:
    end = _day(row.get("end"))
    value = row.get("val")
    if end is None or isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    start = _day(row.get("start"))
    if not amount.is_finite() or (start is None and row.get("start") is not None):
        return None
    return amounts.Reported(
        tag=tag,
        unit=unit,
        start=start,
        end=end,
        amount=amount,
        quote=f"{tag} {value}",
        filed=_day(row.get("filed")) or date.min,
        accession=_accession(row.get("accn")),
        form=str(row["form"]) if row.get("form") else None,
    )


def _filings(recent: Mapping[str, Any]) -> Iterator[Filing]:
    names = ("accessionNumber", "form", "filingDate", "reportDate", "primaryDocument")
    columns = [recent.get(name) for name in names]
    if not all(isinstance(column, list) for column in columns):
        return
    for accession, form, filed, period, document in zip(*columns, strict=False):
        known = _accession(accession)
        day = _day(filed)
        if known is None or day is None:
            continue
        whole = isinstance(document, str) and _DOCUMENT_NAME.fullmatch(document) is not None
        yield Filing(known, str(form), day, _day(period), document if whole else "")


def _accession(value: object) -> str | None:
    return value if isinstance(value, str) and _ACCESSION.fullmatch(value) else None


def _day(value: object) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def _month_day(value: object) -> str | None:
    """`MMDD` as `MM-DD`; None when it is no day of a leap year."""
    text = str(value or "")
    if not re.fullmatch(r"\d{4}", text, re.ASCII):
        return None
    try:
        date(2024, int(text[:2]), int(text[2:]))
    except ValueError:
        return None
    return f"{text[:2]}-{text[2:]}"
