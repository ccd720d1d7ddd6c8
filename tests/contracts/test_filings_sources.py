"""EDGAR over the wire and a folder of copies are one filings source to the rest of the product."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from outrider.kernel.clock import VirtualClock
from outrider.kernel.errors import InvalidSetting, VendorUnavailable
from outrider.prospects.ports import FilingsSource
from outrider.prospects.types import CompanyReport, FactKind, FoundFact
from outrider.vendors.fakes.sec_edgar import FakeEdgar, Refusal
from outrider.vendors.sec_edgar.addresses import EdgarAddresses
from outrider.vendors.sec_edgar.edgar import Edgar
from outrider.vendors.sec_edgar.folder import FolderFilings
from outrider.vendors.sec_edgar.transport import REQUESTS_PER_SECOND, Pace

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "sec"
HARBOR = "0009900001"
NORDLYS = "0009900002"
REPORT = "Archives/edgar/data/9900001/000990000125000012/hpne-20250201.htm"
CONTACT = "Outrider Tests tests@outrider.example"


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


async def report_of(source: FilingsSource, **by: str | None) -> CompanyReport:
    report = await source.report(
        name=by.get("name") or "", cik=by.get("cik"), ticker=by.get("ticker")
    )
    assert report is not None
    return report


def one(report: CompanyReport, kind: FactKind) -> FoundFact:
    found = [fact for fact in report.facts if fact.kind == kind]
    assert len(found) == 1
    return found[0]


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
    for cik in (HARBOR, NORDLYS):
        report = await report_of(source, cik=cik)
        by_hash = {hashlib.sha256(raw.content).hexdigest(): raw for raw in report.documents}
        assert report.facts
        for fact in report.facts:
            raw = by_hash[fact.evidence.raw_sha256]
            assert (raw.url, raw.source) == (fact.evidence.url, fact.evidence.source)
            assert fact.evidence.retrieved_at == clock.now()
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


async def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path, clock: VirtualClock) -> None:
    with pytest.raises(InvalidSetting, match="does not exist"):
        FolderFilings(tmp_path / "nowhere", clock)


@pytest.mark.parametrize("contact", ["", "Example Company", "@", "me@", "a@b.example\r\nX: y"])
async def test_edgar_is_not_asked_without_a_contact(contact: str, clock: VirtualClock) -> None:
    with pytest.raises(InvalidSetting, match="e-mail"):
        Edgar(contact, None, clock)


async def test_edgar_is_told_who_asks_and_sends_gzip(edgar: Edgar, fake: FakeEdgar) -> None:
    await report_of(edgar, cik=HARBOR)

    assert {asked.agent for asked in fake.asked} == {CONTACT}
    assert all("gzip" in asked.encoding for asked in fake.asked)


async def test_an_answer_is_kept_for_a_day(
    edgar: Edgar, fake: FakeEdgar, clock: VirtualClock
) -> None:
    first = await report_of(edgar, cik=HARBOR)
    asked = len(fake.asked)
    clock.advance(timedelta(hours=23))
    again = await report_of(edgar, cik=HARBOR)
    assert len(fake.asked) == asked
    assert again.documents[0].retrieved_at == first.documents[0].retrieved_at

    clock.advance(timedelta(hours=2))
    await report_of(edgar, cik=HARBOR)
    assert len(fake.asked) == 2 * asked


async def test_never_more_than_eight_requests_a_second(clock: VirtualClock, tmp_path: Path) -> None:
    file = tmp_path / "pace"
    paces = [Pace(clock, file), Pace(clock, file)]
    start = clock.now()
    for turn in range(41):
        await paces[turn % 2].wait()
    assert clock.now() - start >= timedelta(seconds=40 / REQUESTS_PER_SECOND)


async def test_two_sources_of_one_process_share_the_pace(
    fake: FakeEdgar, clock: VirtualClock
) -> None:
    start = clock.now()
    for _ in range(2):
        source = Edgar(CONTACT, None, clock, EdgarAddresses(fake.url, fake.url))
        await report_of(source, cik=HARBOR)
    assert clock.now() - start >= timedelta(seconds=(len(fake.asked) - 1) / REQUESTS_PER_SECOND)


async def test_trouble_is_waited_out(edgar: Edgar, fake: FakeEdgar, clock: VirtualClock) -> None:
    fake.refuse(Refusal(503), Refusal(429, {"Retry-After": "7"}))
    start = clock.now()

    assert (await report_of(edgar, cik=HARBOR)).cik == HARBOR

    assert clock.now() - start >= timedelta(seconds=7)
    assert [asked.path for asked in fake.asked[:3]] == ["/submissions/CIK0009900001.json"] * 3


async def test_trouble_that_stays_is_told_and_not_taken_for_an_unknown_company(
    edgar: Edgar, fake: FakeEdgar
) -> None:
    fake.refuse(*[Refusal(500)] * 4)
    with pytest.raises(VendorUnavailable, match="status 500"):
        await edgar.report(name="", cik=HARBOR, ticker=None)


async def test_a_wait_longer_than_a_minute_is_not_sat_out(
    edgar: Edgar, fake: FakeEdgar, clock: VirtualClock
) -> None:
    fake.refuse(Refusal(429, {"Retry-After": "3600"}))
    start = clock.now()
    with pytest.raises(VendorUnavailable):
        await edgar.report(name="", cik=HARBOR, ticker=None)
    assert clock.now() - start < timedelta(seconds=2)


async def test_after_a_refusal_edgar_is_left_alone_for_ten_minutes(
    edgar: Edgar, fake: FakeEdgar, clock: VirtualClock
) -> None:
    fake.refuse(Refusal(403))
    for _ in range(3):
        with pytest.raises(VendorUnavailable, match="left alone until"):
            await edgar.report(name="", cik=HARBOR, ticker=None)
    assert len(fake.asked) == 1

    clock.advance(timedelta(minutes=10))
    assert (await report_of(edgar, cik=HARBOR)).cik == HARBOR


async def test_a_server_that_is_gone_is_told(clock: VirtualClock, filings: Path) -> None:
    with FakeEdgar(filings) as fake:
        url = fake.url
    source = Edgar(CONTACT, None, clock, EdgarAddresses(url, url))
    with pytest.raises(VendorUnavailable, match="does not answer"):
        await source.report(name="", cik=HARBOR, ticker=None)


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
    shared_data: Path, clock: VirtualClock, name: str, kind: FactKind, value: str, as_of: str,
    basis: str,
) -> None:
    report = await report_of(FolderFilings(shared_data / "sec", clock), name=name)
    fact = one(report, kind)
    assert (fact.value, str(fact.as_of), fact.basis) == (value, as_of, basis)


def assert_stands_in(quote: str, content: bytes) -> None:
    """Compare without any whitespace: where a page breaks a line is no part of the words."""
    markup = content.decode("utf-8")
    shown = unescape(re.sub(r"<[^>]*>", "", markup)) if markup.lstrip().startswith("<") else markup
    squeezed = re.sub(r"\s", "", shown)
    if markup.lstrip().startswith("{"):
        # JSON has a tag and its figure apart.
        for word in quote.replace("us-gaap:", "").replace("ifrs-full:", "").split():
            assert word.strip('":') in squeezed
        return
    assert re.sub(r"\s", "", quote) in squeezed, quote
