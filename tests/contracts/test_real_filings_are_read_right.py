"""Real annual reports and company facts give what a reader finds in them; skipped without them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from outrider.kernel.clock import VirtualClock
from outrider.prospects.types import FactKind
from outrider.vendors.sec_edgar.folder import FolderFilings
from tests.filings import assert_stands_in, one, report_of

REAL = {
    # company: (lease liability, as of, auditor, fiscal year end, employees, revenue), read by hand
    "CRM": (2_959_000_000, "2025-01-31", "Ernst & Young LLP", "01-31", 76_453, 37_895_000_000),
    "HD": (8_907_000_000, "2025-02-02", "KPMG LLP", "02-02", 470_100, 159_514_000_000),
    "NFLX": (2_412_170_000, "2024-12-31", "Ernst & Young LLP", "12-31", 14_000, 39_000_966_000),
    "NKE": (
        3_052_000_000,
        "2025-05-31",
        "PricewaterhouseCoopers LLP",
        "05-31",
        77_800,
        46_309_000_000,
    ),
    "TSLA": (
        5_410_000_000,
        "2024-12-31",
        "PricewaterhouseCoopers LLP",
        "12-31",
        125_665,
        97_690_000_000,
    ),
    "UNP": (1_271_000_000, "2024-12-31", "Deloitte & Touche LLP", "12-31", 32_439, 24_250_000_000),
    "WMT": (14_324_000_000, "2025-01-31", "Ernst & Young LLP", "01-31", 2_100_000, 680_985_000_000),
}


async def test_real_annual_reports_give_the_figures_that_a_reader_finds(
    shared_data: Path, clock: VirtualClock
) -> None:
    source = FolderFilings(shared_data / "sec", clock)
    for ticker, (lease, as_of, auditor, year_end, people, revenue) in REAL.items():
        report = await report_of(source, ticker=ticker)
        fact = one(report, FactKind.OPERATING_LEASE_LIABILITY)
        assert (fact.value, str(fact.as_of), fact.unit) == (str(lease), as_of, "USD")
        assert one(report, FactKind.AUDITOR).value == auditor
        assert one(report, FactKind.FISCAL_YEAR_END).value == year_end
        assert one(report, FactKind.EMPLOYEES).value == str(people)
        assert one(report, FactKind.REVENUE).value == str(revenue)
        assert report.missing == ()


async def test_quotes_of_real_annual_reports_can_be_found_in_them(
    shared_data: Path, clock: VirtualClock
) -> None:
    source = FolderFilings(shared_data / "sec", clock)
    for ticker in REAL:
        report = await report_of(source, ticker=ticker)
        contents = {hashlib.sha256(raw.content).hexdigest(): raw for raw in report.documents}
        statements = [fact for fact in report.facts if fact.kind == FactKind.STATEMENT]
        assert 3 <= len(statements) <= 8
        assert any(fact.topic == "leases" for fact in statements)
        for fact in report.facts:
            for part in fact.evidence.quote.split(" … "):
                assert_stands_in(part, contents[fact.evidence.raw_sha256].content)
        for fact in statements:
            assert fact.value == fact.evidence.quote
            assert 60 <= len(fact.value) <= 260
            assert re.fullmatch(r"[A-Z].*[.]", fact.value)


@pytest.mark.parametrize(
    ("name", "kind", "value", "as_of", "basis"),
    [
        (
            "Snowflake Inc.",
            FactKind.OPERATING_LEASE_LIABILITY,
            "414163000",
            "2025-04-30",
            "us_gaap_current_plus_noncurrent",
        ),
        (
            "Logistic Properties of the Americas",
            FactKind.LEASE_LIABILITY_ALL,
            "13430097",
            "2024-12-31",
            "ifrs_all_leases",
        ),
    ],
)
async def test_real_company_facts_give_the_newest_lease_liability(
    shared_data: Path,
    clock: VirtualClock,
    name: str,
    kind: FactKind,
    value: str,
    as_of: str,
    basis: str,
) -> None:
    report = await report_of(FolderFilings(shared_data / "sec", clock), name=name)
    fact = one(report, kind)
    assert (fact.value, str(fact.as_of), fact.basis) == (value, as_of, basis)
