"""Fictional filings, and what tests ask of a report on a company."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from outrider.prospects.ports import FilingsSource
from outrider.prospects.types import CompanyReport, FactKind, FoundFact

FIXTURES = Path(__file__).resolve().parent / "fixtures" / "sec"
HARBOR = "0009900001"
NORDLYS = "0009900002"
REPORT = "Archives/edgar/data/9900001/000990000125000012/hpne-20250201.htm"
CONTACT = "Outrider Tests tests@outrider.example"


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
