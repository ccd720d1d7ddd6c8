"""EDGAR over the wire and a folder of copies are one filings source to the rest of the product."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from outrider.kernel.clock import VirtualClock
from outrider.kernel.errors import InvalidSetting
from outrider.prospects.ports import FilingsSource
from outrider.prospects.types import FactKind
from outrider.vendors.fakes.sec_edgar import FakeEdgar
from outrider.vendors.sec_edgar.addresses import EdgarAddresses
from outrider.vendors.sec_edgar.edgar import Edgar
from outrider.vendors.sec_edgar.folder import FolderFilings
from tests.filings import (
    CONTACT,
    FIXTURES,
    HARBOR,
    NORDLYS,
    REPORT,
    assert_stands_in,
    one,
    report_of,
)


@pytest.fixture
def filings(tmp_path: Path) -> Path:
    """A copy of the fictional filings that a test may break."""
    return Path(shutil.copytree(FIXTURES, tmp_path / "sec"))


@pytest.fixture
def fake(filings: Path) -> Iterator[FakeEdgar]:
    with FakeEdgar(filings) as running:
        yield running


@pytest.fixture
def edgar(fake: FakeEdgar, clock: VirtualClock) -> Edgar:
    return Edgar(CONTACT, None, clock, EdgarAddresses(fake.url, fake.url))


@pytest.fixture(params=["folder", "edgar"])
def source(
    request: pytest.FixtureRequest, filings: Path, edgar: Edgar, clock: VirtualClock
) -> FilingsSource:
    return edgar if request.param == "edgar" else FolderFilings(filings, clock)


@pytest.mark.parametrize(
    "by",
    [
        {"cik": "9900001"},
        {"cik": "0009900001", "name": "A name that is not theirs"},
        {"ticker": "hpne"},
        {"ticker": "NYSE:HPNE", "name": "Harbour Pines"},
        {"name": "Harbor & Pine Stores, Inc."},
        {"name": "The HARBOR AND PINE STORES Corporation"},
    ],
)
async def test_a_company_is_found_by_number_ticker_or_name(
    source: FilingsSource, by: dict[str, str]
) -> None:
    assert (await report_of(source, **by)).cik == HARBOR


@pytest.mark.parametrize(
    "by",
    [
        {"cik": "7"},
        {"cik": "no number"},
        {"ticker": "ZZZZ"},
        {"name": "Harbor"},
        {"name": "Harbor & Pine Stores Ltd"},
        {"name": "Delta Freight"},
        {"name": "Harbor & Pine Stores", "ticker": "ZZZZ"},
        {"name": "Nordlys Logistik ASA", "ticker": "HPNE"},
        {"name": ""},
    ],
)
async def test_an_unknown_or_doubtful_company_is_no_company(
    source: FilingsSource, by: dict[str, str]
) -> None:
    assert (
        await source.report(name=by.get("name", ""), cik=by.get("cik"), ticker=by.get("ticker"))
        is None
    )


async def test_the_newest_lease_liability_wins_across_documents(source: FilingsSource) -> None:
    lease = one(await report_of(source, cik=HARBOR), FactKind.OPERATING_LEASE_LIABILITY)

    assert (lease.value, lease.unit, str(lease.as_of)) == ("531300000", "USD", "2025-05-03")
    assert lease.basis == "us_gaap_current_plus_noncurrent"
    assert lease.evidence.accession == "0009900001-25-000031"


async def test_without_company_facts_the_annual_report_is_quoted_as_a_reader_sees_it(
    source: FilingsSource, filings: Path
) -> None:
    (filings / "api/xbrl/companyfacts/CIK0009900001.json").unlink()

    lease = one(await report_of(source, cik=HARBOR), FactKind.OPERATING_LEASE_LIABILITY)

    assert (lease.value, str(lease.as_of), lease.basis) == (
        "523400000",
        "2025-02-01",
        "us_gaap_total",
    )
    assert lease.evidence.quote == "Total operating lease liabilities $ 523.4 $ 501.0"
    assert lease.evidence.source == "sec_10k"


async def test_the_report_says_who_audits_when_the_year_ends_and_how_many_work_there(
    source: FilingsSource,
) -> None:
    report = await report_of(source, cik=HARBOR)

    assert (report.name, report.ticker) == ("Harbor & Pine Stores, Inc.", "HPNE")
    assert one(report, FactKind.AUDITOR).value == "Marlowe & Finch LLP"
    assert "Portland, Maine" in one(report, FactKind.AUDITOR).evidence.quote
    year_end = one(report, FactKind.FISCAL_YEAR_END)
    assert (year_end.value, year_end.unit) == ("01-31", "MM-DD")
    assert one(report, FactKind.PERIOD_END).value == "2025-02-01"
    assert one(report, FactKind.REVENUE).value == "2410700000"
    people = one(report, FactKind.EMPLOYEES)
    assert (people.value, people.unit) == ("18450", "people")
    assert report.missing == ()


async def test_an_ifrs_filer_reports_all_leases_in_its_own_currency(source: FilingsSource) -> None:
    report = await report_of(source, name="Nordlys Logistik")

    lease = one(report, FactKind.LEASE_LIABILITY_ALL)
    assert (lease.value, lease.unit, lease.basis) == ("255500000", "NOK", "ifrs_all_leases")
    assert not [fact for fact in report.facts if fact.kind == FactKind.OPERATING_LEASE_LIABILITY]
    assert "No annual report with inline XBRL is at hand." in report.missing


async def test_every_fact_rests_on_a_document_of_the_report_and_its_quote_stands_there(
    source: FilingsSource, clock: VirtualClock
) -> None:
    start = clock.now()
    for cik in (HARBOR, NORDLYS):
        report = await report_of(source, cik=cik)
        by_hash = {hashlib.sha256(raw.content).hexdigest(): raw for raw in report.documents}
        assert report.facts
        for fact in report.facts:
            raw = by_hash[fact.evidence.raw_sha256]
            assert (raw.url, raw.source) == (fact.evidence.url, fact.evidence.source)
            assert fact.evidence.retrieved_at == raw.retrieved_at
            assert start <= raw.retrieved_at <= clock.now()
            for part in fact.evidence.quote.split(" … "):
                assert_stands_in(part, raw.content)


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (b"", "is empty"),
        (b"\x00\x01\x02\xff" * 40, "binary|no JSON|neither"),
        (b"<html><body><p>Please come back later.</p></body></html>", "no inline XBRL"),
    ],
)
async def test_a_broken_annual_report_is_named_as_missing_and_gives_no_fact(
    source: FilingsSource, filings: Path, broken: bytes, words: str
) -> None:
    (filings / REPORT).write_bytes(broken)

    report = await report_of(source, cik=HARBOR)

    complaint = next(line for line in report.missing if "hpne-20250201.htm" in line)
    assert re.search(words, complaint)
    assert not [fact for fact in report.facts if fact.evidence.source == "sec_10k"]
    assert one(report, FactKind.OPERATING_LEASE_LIABILITY).value == "531300000"


@pytest.mark.parametrize("kept", [0.35, 0.6, 0.9])
async def test_an_annual_report_that_breaks_off_gives_no_fact(
    source: FilingsSource, filings: Path, kept: float
) -> None:
    whole = (filings / REPORT).read_bytes()
    (filings / REPORT).write_bytes(whole[: int(len(whole) * kept)])

    report = await report_of(source, cik=HARBOR)

    assert any("breaks off" in line for line in report.missing)
    assert not [fact for fact in report.facts if fact.evidence.source == "sec_10k"]


@pytest.mark.parametrize("kept", [40, 200, 700])
async def test_company_facts_that_break_off_give_no_fact(
    source: FilingsSource, filings: Path, kept: int
) -> None:
    file = filings / "api/xbrl/companyfacts/CIK0009900001.json"
    file.write_bytes(file.read_bytes()[:kept])

    report = await report_of(source, cik=HARBOR)

    assert any("CIK0009900001.json" in line and "breaks" in line for line in report.missing)
    assert one(report, FactKind.OPERATING_LEASE_LIABILITY).value == "523400000"


async def test_facts_of_another_company_are_never_taken(
    source: FilingsSource, filings: Path
) -> None:
    facts = filings / "api/xbrl/companyfacts"
    shutil.copy(facts / "CIK0009900002.json", facts / "CIK0009900001.json")
    stranger = (filings / REPORT).read_text().replace("0009900001", "0009900009")
    (filings / REPORT).write_text(stranger)

    report = await report_of(source, cik=HARBOR)

    assert {fact.evidence.source for fact in report.facts} == {"sec_submissions"}
    assert one(await report_of(source, cik=NORDLYS), FactKind.LEASE_LIABILITY_ALL).unit == "NOK"


async def test_a_report_whose_cover_and_contexts_disagree_on_the_company_gives_no_fact(
    source: FilingsSource, filings: Path
) -> None:
    mixed = (filings / REPORT).read_text()
    mixed = mixed.replace('CIK">0009900001', 'CIK">0009900009')
    (filings / REPORT).write_text(mixed)

    report = await report_of(source, cik=HARBOR)

    assert not [fact for fact in report.facts if fact.evidence.source == "sec_10k"]
    assert any("hpne-20250201.htm" in line for line in report.missing)


async def test_a_folder_recognises_files_by_what_is_in_them(
    filings: Path, tmp_path: Path, clock: VirtualClock
) -> None:
    flat = tmp_path / "flat"
    flat.mkdir()
    for number, file in enumerate(sorted(path for path in filings.rglob("*") if path.is_file())):
        shutil.copy(file, flat / f"download ({number})")
    (flat / "README.md").write_text("Copies of filings.")
    (flat / "notes.json").write_text(json.dumps({"ours": [1, 2]}))

    report = await report_of(FolderFilings(flat, clock), name="Harbor & Pine Stores")

    assert one(report, FactKind.EMPLOYEES).value == "18450"
    assert len(report.documents) == 3
    assert report.missing == ()


async def test_a_folder_names_a_file_when_it_cannot_know_its_address(
    filings: Path, clock: VirtualClock
) -> None:
    (filings / "submissions/CIK0009900001.json").unlink()

    report = await report_of(FolderFilings(filings, clock), cik=HARBOR)

    assert one(report, FactKind.AUDITOR).evidence.url == f"folder:{REPORT}"
    assert one(report, FactKind.FISCAL_YEAR_END).evidence.quote == "--01-31"


async def test_of_two_years_the_newer_report_counts(filings: Path, clock: VirtualClock) -> None:
    older = (filings / REPORT).read_text().replace("Marlowe &amp; Finch", "Elder &amp; Gone")
    older = older.replace("<span>February 1</span>, <span>2025</span>", "February 3, 2024")
    (filings / "an older one.htm").write_text(older)

    report = await report_of(FolderFilings(filings, clock), cik=HARBOR)

    assert one(report, FactKind.AUDITOR).value == "Marlowe & Finch LLP"


async def test_a_quarterly_report_gives_a_newer_lease_liability_and_nothing_else(
    filings: Path, clock: VirtualClock
) -> None:
    (filings / "api/xbrl/companyfacts/CIK0009900001.json").unlink()
    quarter = (filings / REPORT).read_text().replace(">10-K<", ">10-Q<")
    quarter = quarter.replace("<span>February 1</span>, <span>2025</span>", "May 3, 2025")
    quarter = quarter.replace("<xbrli:instant>2025-02-01<", "<xbrli:instant>2025-05-03<")
    quarter = quarter.replace(">523.4<", ">517.7<").replace(">18,450<", ">1<")
    (filings / "a quarter.htm").write_text(quarter)

    report = await report_of(FolderFilings(filings, clock), cik=HARBOR)

    lease = one(report, FactKind.OPERATING_LEASE_LIABILITY)
    assert (lease.value, str(lease.as_of)) == ("517700000", "2025-05-03")
    assert lease.evidence.accession == "0009900001-25-000031"
    assert {fact.evidence.source for fact in report.facts if fact is not lease} == {
        "sec_10k",
        "sec_submissions",
    }


async def test_an_amendment_counts_before_the_report_that_it_amends(
    filings: Path, clock: VirtualClock
) -> None:
    amended = (filings / REPORT).read_text().replace(">10-K<", ">10-K/A<")
    amended = amended.replace("Marlowe &amp; Finch", "Marlowe &amp; Heirs")
    amended = amended.replace("We lease 412 of", "See 412 of")
    (filings / "amendment.htm").write_text(amended)

    report = await report_of(FolderFilings(filings, clock), cik=HARBOR)

    assert one(report, FactKind.AUDITOR).value == "Marlowe & Heirs LLP"
    assert any("We lease 412" in fact.value for fact in report.facts)


async def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path, clock: VirtualClock) -> None:
    with pytest.raises(InvalidSetting, match="does not exist"):
        FolderFilings(tmp_path / "nowhere", clock)
