"""The newest lease liability in company facts: newer dates and later filings, never halves."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.prospects.types import FactKind
from outrider.vendors.sec_edgar.documents import Unreadable, padded_cik
from outrider.vendors.sec_edgar.facts import (
    company_of_facts,
    newest_lease_liability,
    newest_revenue,
    read_json,
    read_submissions,
    read_tickers,
)
from outrider.vendors.sec_edgar.names import Companies, name_keys, ticker_key

TOTAL = "us-gaap:OperatingLeaseLiability"
CURRENT = "us-gaap:OperatingLeaseLiabilityCurrent"
NONCURRENT = "us-gaap:OperatingLeaseLiabilityNoncurrent"
IFRS = "ifrs-full:LeaseLiabilities"
IFRS_CURRENT = "ifrs-full:CurrentLeaseLiabilities"
IFRS_NONCURRENT = "ifrs-full:NoncurrentLeaseLiabilities"
US_TOTAL = "us_gaap_total"
US_SUM = "us_gaap_current_plus_noncurrent"
ALL = "ifrs_all_leases"
Row = tuple[str, str, object, str]


def facts_of(*rows: Row, unit: str = "USD") -> dict[str, Any]:
    """Company facts out of rows (tag, end, value, filed); `fy` lies on purpose."""
    facts: dict[str, Any] = {}
    for tag, end, value, filed in rows:
        taxonomy, _, concept = tag.partition(":")
        units = facts.setdefault(taxonomy, {}).setdefault(concept, {"units": {}})["units"]
        units.setdefault(unit, []).append(
            {"end": end, "val": value, "filed": filed, "accn": f"0000000001-{filed[2:4]}-000001"}
            | {"fy": 2099, "fp": "FY", "form": "10-K"}
        )
    return {"cik": 1, "entityName": "Example Corp", "facts": facts}


TABLE: dict[str, tuple[tuple[Row, ...], tuple[int, str, str] | None]] = {
    "a total alone": (((TOTAL, "2024-12-31", 500, "2025-02-01"),), (500, "2024-12-31", US_TOTAL)),
    "the newest end, in whatever order": (
        ((TOTAL, "2024-12-31", 500, "2025-02-01"), (TOTAL, "2023-12-31", 900, "2025-02-01")),
        (500, "2024-12-31", US_TOTAL),
    ),
    "a restatement replaces what was filed before": (
        ((TOTAL, "2024-12-31", 470, "2025-06-01"), (TOTAL, "2024-12-31", 500, "2025-02-01")),
        (470, "2024-12-31", US_TOTAL),
    ),
    "a later filing of an older date does not make it newer": (
        ((TOTAL, "2023-12-31", 900, "2026-01-01"), (TOTAL, "2024-12-31", 500, "2025-02-01")),
        (500, "2024-12-31", US_TOTAL),
    ),
    "a sum newer than the total": (
        (
            (TOTAL, "2024-12-31", 500, "2025-02-01"),
            (CURRENT, "2025-03-31", 60, "2025-05-01"),
            (NONCURRENT, "2025-03-31", 450, "2025-05-01"),
        ),
        (510, "2025-03-31", US_SUM),
    ),
    "a total newer than the sum": (
        (
            (CURRENT, "2024-09-30", 60, "2024-11-01"),
            (NONCURRENT, "2024-09-30", 450, "2024-11-01"),
            (TOTAL, "2024-12-31", 500, "2025-02-01"),
        ),
        (500, "2024-12-31", US_TOTAL),
    ),
    "total and sum of one date agree: the total is named": (
        (
            (TOTAL, "2024-12-31", 500, "2025-02-01"),
            (CURRENT, "2024-12-31", 50, "2025-05-01"),
            (NONCURRENT, "2024-12-31", 450, "2025-05-01"),
        ),
        (500, "2024-12-31", US_TOTAL),
    ),
    "the parts of one date were restated after the total": (
        (
            (TOTAL, "2024-12-31", 500, "2025-02-01"),
            (CURRENT, "2024-12-31", 50, "2025-05-01"),
            (NONCURRENT, "2024-12-31", 420, "2025-05-01"),
        ),
        (470, "2024-12-31", US_SUM),
    ),
    "a missing current part is not guessed": (
        ((TOTAL, "2023-12-31", 500, "2024-02-01"), (NONCURRENT, "2024-12-31", 450, "2025-02-01")),
        (500, "2023-12-31", US_TOTAL),
    ),
    "parts of different dates are not added": (
        ((CURRENT, "2024-12-31", 50, "2025-02-01"), (NONCURRENT, "2025-03-31", 450, "2025-05-01")),
        None,
    ),
    "IFRS has all leases": (
        ((IFRS, "2024-12-31", 77, "2025-04-01"),),
        (77, "2024-12-31", ALL),
    ),
    "IFRS parts are added": (
        (
            (IFRS_CURRENT, "2024-12-31", 7, "2025-04-01"),
            (IFRS_NONCURRENT, "2024-12-31", 70, "2025-04-01"),
        ),
        (77, "2024-12-31", ALL),
    ),
    "operating leases come before all leases on one date": (
        ((IFRS, "2024-12-31", 77, "2025-04-01"), (TOTAL, "2024-12-31", 50, "2025-04-01")),
        (50, "2024-12-31", US_TOTAL),
    ),
    "a filer that went over to IFRS": (
        ((TOTAL, "2022-12-31", 50, "2023-04-01"), (IFRS, "2024-12-31", 77, "2025-04-01")),
        (77, "2024-12-31", ALL),
    ),
    "no lease at all": ((("us-gaap:Assets", "2024-12-31", 9, "2025-02-01"),), None),
    "rows that make no sense are passed over": (
        (
            (TOTAL, "soon", 9, "2025-02-01"),
            (TOTAL, "2025-12-31", None, "2026-02-01"),
            (TOTAL, "2025-12-31", "n/a", "2026-02-01"),
            (TOTAL, "2025-12-31", True, "2026-02-01"),
            (TOTAL, "2025-12-31", -4, "2026-02-01"),
            (TOTAL, "2024-12-31", 500, "2025-02-01"),
        ),
        (500, "2024-12-31", US_TOTAL),
    ),
    "a lease liability of nothing is a figure too": (
        ((TOTAL, "2024-12-31", 0, "2025-02-01"),),
        (0, "2024-12-31", US_TOTAL),
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_lease_liability_is_the_newest_whole_amount(case: str) -> None:
    rows, expected = TABLE[case]
    found = newest_lease_liability(facts_of(*rows))
    seen = found and (int(found.amount), found.end.isoformat(), found.basis)
    assert seen == expected


def test_a_currency_stays_as_reported_and_currencies_are_never_added() -> None:
    found = newest_lease_liability(facts_of((TOTAL, "2024-12-31", 500, "2025-02-01"), unit="CAD"))
    assert found is not None
    assert (found.unit, found.kind) == ("CAD", FactKind.OPERATING_LEASE_LIABILITY)

    mixed = facts_of((CURRENT, "2024-12-31", 50, "2025-02-01"), unit="CAD")
    euros = facts_of((NONCURRENT, "2024-12-31", 450, "2025-02-01"), unit="EUR")
    mixed["facts"]["us-gaap"] |= euros["facts"]["us-gaap"]
    assert newest_lease_liability(mixed) is None


def test_the_parts_and_the_last_filing_are_named() -> None:
    found = newest_lease_liability(
        facts_of(
            (CURRENT, "2024-12-31", 50, "2025-02-01"), (NONCURRENT, "2024-12-31", 450, "2026-02-01")
        )
    )
    assert found is not None
    assert [part.quote for part in found.parts] == [f"{CURRENT} 50", f"{NONCURRENT} 450"]
    assert found.filed.isoformat() == "2026-02-01"


def test_facts_without_us_gaap_or_without_anything_are_no_error() -> None:
    answers: list[dict[str, Any]] = [{}, {"facts": {}}, {"facts": {"us-gaap": None}}]
    for answer in answers:
        assert newest_lease_liability(answer) is None
        assert newest_revenue(answer) is None


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)


@given(rows=ODD, units=ODD)
def test_no_answer_however_odd_breaks_the_reading(rows: object, units: object) -> None:
    for inside in ({"units": {"USD": rows}}, {"units": units}, units):
        newest_lease_liability({"facts": {"us-gaap": {"OperatingLeaseLiability": inside}}})
    for read in (company_of_facts, read_submissions, read_tickers):
        try:
            read(rows)
        except Unreadable:
            continue


def revenue_of(*rows: tuple[str, str, str, int]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for concept, start, end, value in rows:
        units = facts.setdefault(concept, {"units": {"USD": []}})["units"]
        units["USD"].append({"start": start, "end": end, "val": value, "filed": "2025-03-01"})
    return {"facts": {"us-gaap": facts}}


def test_revenue_is_of_a_whole_year_and_the_widest_tag() -> None:
    answer = revenue_of(
        ("Revenues", "2024-10-01", "2025-03-31", 700),
        ("Revenues", "2023-12-31", "2024-12-28", 1_010),
        ("Revenues", "2023-01-01", "2023-12-30", 990),
        ("RevenueFromContractWithCustomerExcludingAssessedTax", "2023-12-31", "2024-12-28", 1_000),
    )
    found = newest_revenue(answer)
    assert found is not None
    assert (int(found.amount), found.end.isoformat()) == (1_010, "2024-12-28")


@pytest.mark.parametrize("raw", ["0131", 1231, "0229"])
def test_the_fiscal_year_end_of_submissions_is_a_day(raw: object) -> None:
    text = str(raw)
    found = read_submissions({"cik": 7, "name": "Example", "fiscalYearEnd": raw})
    assert (found.cik, found.fiscal_year_end) == ("0000000007", f"{text[:2]}-{text[2:]}")


@pytest.mark.parametrize("raw", [None, "", "1331", "0230", "131", "--0131", [1]])
def test_a_fiscal_year_end_that_is_no_day_is_none(raw: object) -> None:
    assert read_submissions({"cik": 7, "name": "E", "fiscalYearEnd": raw}).fiscal_year_end is None


def test_the_newest_whole_annual_report_is_found_and_odd_rows_are_not() -> None:
    recent = {
        "accessionNumber": [f"0000000007-25-00000{n}" for n in range(1, 6)] + ["../../etc"],
        "form": ["10-K", "10-K/A", "10-Q", "10-K", "10-K", "10-K"],
        "filingDate": [
            "2024-03-01",
            "2025-04-01",
            "2025-05-01",
            "2025-03-01",
            "soon",
            "2026-01-01",
        ],
        "reportDate": ["2023-12-31", "2024-12-31", "2025-03-31", "2024-12-31", "", ""],
        "primaryDocument": ["a.htm", "b.htm", "c.htm", "d.htm", "e.htm", "../f.htm"],
    }
    found = read_submissions({"cik": 7, "name": "E", "filings": {"recent": recent}}).newest_annual()
    assert found is not None
    assert (found.document, found.accession) == ("d.htm", "0000000007-25-000004")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"\x80\x81", "no JSON"),
        (b'{"a": [1', "breaks"),
    ],
)
def test_bytes_that_are_no_json_are_told_in_plain_words(content: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read_json(content)


def test_amounts_keep_every_digit() -> None:
    answer = read_json(json.dumps(facts_of((TOTAL, "2024-12-31", 1.005, "2025-01-01"))).encode())
    found = newest_lease_liability(answer)
    assert found is not None
    assert found.amount == Decimal("1.005")


@pytest.mark.parametrize(
    ("value", "cik"),
    [
        (320193, "0000320193"),
        ("0000320193", "0000320193"),
        (" CIK0000320193 ", "0000320193"),
        (0, None),
        ("", None),
        (True, None),
        (None, None),
        ("12345678901", None),
        ("３２", None),
    ],
)
def test_a_cik_has_ten_digits_or_is_none(value: object, cik: str | None) -> None:
    assert padded_cik(value) == cik


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AMAZON COM INC", "Amazon.com, Inc."),
        ("UNION PACIFIC CORP", "Union Pacific Corporation"),
        ("HOME DEPOT, INC.", "The Home Depot"),
        ("MCDONALDS CORP", "McDonald’s Corporation"),
        ("US BANCORP \\DE\\", "U.S. Bancorp"),
        ("WELLS FARGO & COMPANY/MN", "Wells Fargo and Co"),
        ("NESTLE SA /ADR/", "Nestlé S.A."),
        ("AT&T INC.", "AT and T"),
        ("PROCTER & GAMBLE Co", "procter & gamble"),
    ],
)
def test_names_of_one_company_are_one_name(one: str, other: str) -> None:
    assert name_keys(one)[1] == name_keys(other)[1]


def test_a_name_shared_by_two_companies_finds_neither_unless_the_whole_name_tells() -> None:
    companies = Companies()
    companies.add("0000000001", ["Delta Freight Corp"], ["DA"])
    companies.add("0000000002", ["Delta Freight Inc"], ["DB"])

    def find(name: str, ticker: str | None = None) -> str | None:
        return companies.find(name=name, cik=None, ticker=ticker)

    assert find("Delta Freight") is None
    assert find("Delta Freight Corp.") == "0000000001"
    assert find("Delta Freight Ltd") is None
    assert find("Delta Freight", "DB") == "0000000002"
    assert find("Delta Freight Corp", "DB") is None
    assert find("Delta Freight Corp", "XX") is None


def test_tickers_are_compared_without_exchange_and_marks() -> None:
    assert ticker_key("NYSE: brk.b") == ticker_key("BRK-B") == ticker_key("BRK/B")
