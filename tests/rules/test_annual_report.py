"""An annual report is read as its inline XBRL says, and quoted as a reader sees it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.prospects.types import FactKind, RawDocument
from outrider.vendors.sec_edgar import inline_xbrl as ix
from outrider.vendors.sec_edgar import prose
from outrider.vendors.sec_edgar.annual_report import AnnualReport, read_annual_report
from outrider.vendors.sec_edgar.documents import Filed, Unreadable

CONTEXTS = """
<xbrli:context id="y"><xbrli:entity><xbrli:identifier scheme="s">0000000042</xbrli:identifier>
</xbrli:entity><xbrli:period><xbrli:startDate>2024-01-01</xbrli:startDate>
<xbrli:endDate>2024-12-31</xbrli:endDate></xbrli:period></xbrli:context>
<xbrli:context id="i"><xbrli:entity><xbrli:identifier scheme="s">0000000042</xbrli:identifier>
</xbrli:entity><xbrli:period><xbrli:instant>2024-12-31</xbrli:instant></xbrli:period>
</xbrli:context>
<xbrli:context id="child"><xbrli:entity><xbrli:identifier scheme="s">0000000042</xbrli:identifier>
<xbrli:segment><xbrldi:typedMember dimension="dei:LegalEntityAxis"><a>x</a></xbrldi:typedMember>
</xbrli:segment></xbrli:entity><xbrli:period><xbrli:instant>2024-12-31</xbrli:instant>
</xbrli:period></xbrli:context>
<xbrli:context id="stranger"><xbrli:entity><xbrli:identifier scheme="s">0000000077
</xbrli:identifier></xbrli:entity><xbrli:period><xbrli:instant>2024-12-31</xbrli:instant>
</xbrli:period></xbrli:context>
<xbrli:unit id="eur"><xbrli:measure>iso4217:EUR</xbrli:measure></xbrli:unit>
<xbrli:unit id="shares"><xbrli:measure>xbrli:shares</xbrli:measure></xbrli:unit>
"""
COVER = """
<ix:nonNumeric name="dei:EntityCentralIndexKey" contextRef="y">0000000042</ix:nonNumeric>
<ix:nonNumeric name="dei:DocumentType" contextRef="y">10-K</ix:nonNumeric>
<ix:nonNumeric name="dei:EntityRegistrantName" contextRef="y">Example</ix:nonNumeric>
<ix:nonNumeric name="dei:DocumentPeriodEndDate" contextRef="y">December 31, 2024</ix:nonNumeric>
"""


def html_of(body: str, cover: str = COVER) -> bytes:
    return (
        f"<html><head></head><body><div style='display:none'><ix:header>{CONTEXTS}</ix:header>"
        f"</div>{cover}{body}</body></html>"
    ).encode()


def filed(content: bytes) -> Filed:
    return Filed(
        RawDocument(
            source="sec_10k",
            url="folder:x",
            media_type="text/html",
            content=content,
            retrieved_at=datetime(2025, 3, 1, tzinfo=UTC),
        )
    )


def read(body: str, cover: str = COVER) -> AnnualReport:
    return read_annual_report(filed(html_of(body, cover)))


def figure(shown: str, context: str = "i", unit: str = "eur", more: str = "", tag: str = "") -> str:
    name = tag or "us-gaap:OperatingLeaseLiability"
    return (
        f'<ix:nonFraction name="{name}" contextRef="{context}" unitRef="{unit}" {more}>{shown}'
        "</ix:nonFraction>"
    )


@pytest.mark.parametrize(
    ("shown", "more", "amount"),
    [
        ("8,682", 'scale="6" decimals="-6" format="ixt:num-dot-decimal"', "8682000000"),
        ("8.682,5", 'scale="3" format="ixt:num-comma-decimal"', "8682500"),
        ("8 682", 'scale="3"', "8682000"),
        ("12.345", "", "12.345"),
        ("—", 'scale="6" format="ixt:fixed-zero"', "0"),
        ("5", 'scale="-2"', "0.05"),
        ("<span>1,0</span><span>00</span>", 'scale="0"', "1000"),
    ],
)
def test_a_figure_is_read_by_scale_and_format(shown: str, more: str, amount: str) -> None:
    lease = read(f"<p>Leases: {figure(shown, more=more)}</p>").lease
    assert lease is not None
    assert lease.amount == Decimal(amount)
    assert lease.unit == "EUR"


@pytest.mark.parametrize(
    "body",
    [
        figure("five hundred", more='format="ixt-sec:numwordsen"'),
        figure("500", more='sign="-"'),
        figure("500", context="child"),
        figure("500", context="stranger"),
        figure("500", context="nowhere"),
        figure("500", context="y"),
        figure("500", unit="shares"),
        figure("500", more='scale="many"'),
        figure("", more='xsi:nil="true"'),
        figure("500") + figure("501"),
        figure("500", tag="us-gaap:OperatingLeaseLiabilityNoncurrent"),
        figure("500", tag="us-gaap:LesseeOperatingLeaseLiabilityPaymentsDue"),
        figure("500", tag="us-gaap:OperatingAndFinanceLeaseLiability"),
    ],
)
def test_a_figure_that_is_not_surely_the_companys_is_left_out(body: str) -> None:
    assert read(f"<p>Leases: {body}</p>").lease is None


def test_of_a_rounded_and_an_exact_figure_the_exact_one_counts() -> None:
    rounded = figure("0.5", more='scale="9" decimals="-8"')
    exact = figure("523.4", more='scale="6" decimals="-5"')
    lease = read(f"<p>About {rounded} billion.</p><p>Exactly {exact} million.</p>").lease
    assert lease is not None
    assert (int(lease.amount), lease.parts[0].quote) == (523_400_000, "Exactly 523.4 million.")


def test_the_row_that_names_the_operating_lease_is_quoted() -> None:
    row = "<table><tr><td>{}</td><td>$</td><td>{}</td><td>({})</td></tr></table>"
    body = row.format("Total", figure("500"), 9) + row.format(
        "Total operating lease<br/>liabilities", figure("500"), 8
    )
    lease = read(body).lease
    assert lease is not None
    assert lease.parts[0].quote == "Total operating lease liabilities $ 500 (8)"


def test_a_figure_in_a_long_paragraph_is_quoted_with_its_sentence() -> None:
    talk = "Nothing to see in this sentence at all. " * 20
    lease = read(f"<p>{talk}Our leases amount to {figure('523')} euros. {talk}</p>").lease
    assert lease is not None
    assert lease.parts[0].quote == "Our leases amount to 523 euros."


@pytest.mark.parametrize(
    ("shown", "style", "month_day"),
    [
        ("--01-31", "", "01-31"),
        ("January 31", "ixt:date-monthname-day-en", "01-31"),
        ("MAY 31", "", "05-31"),
        ("Sept. 30", "", "09-30"),
        ("31 December", "", "12-31"),
        ("12/31", "ixt:date-month-day", "12-31"),
        ("31/12", "ixt:date-day-month", "12-31"),
        ("31.12.", "ixt:datedaymonth", "12-31"),
        ("February 29", "", "02-29"),
        ("February 30", "", None),
        ("the last Saturday", "", None),
        ("31/12", "ixt:date-month-day", None),
        ("", "", None),
    ],
)
def test_the_end_of_the_fiscal_year_is_read_however_it_is_written(
    shown: str, style: str, month_day: str | None
) -> None:
    assert ix.month_day_of(shown, style) == month_day


@pytest.mark.parametrize(
    ("shown", "day"),
    [
        ("January 31, 2025", date(2025, 1, 31)),
        ("31 January 2025", date(2025, 1, 31)),
        ("2025-01-31", date(2025, 1, 31)),
        ("Jan. 31 , 2025", date(2025, 1, 31)),
        ("February 30, 2025", None),
        ("2025", None),
        ("", None),
    ],
)
def test_the_end_of_the_period_is_a_day_or_none(shown: str, day: date | None) -> None:
    assert ix.day_of(shown) == day


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\x00\x01" * 50, "is binary"),
        (b"plain words", "breaks off"),
        (b"<html><body><p>Hello</p></body></html>", "no inline XBRL"),
        (html_of(figure("5"))[:-20], "breaks off"),
        (html_of(figure("5"), cover=""), "which company"),
        (html_of("", COVER.replace('contextRef="y"', 'contextRef="stranger"')), "which company"),
    ],
)
def test_a_broken_document_is_told_in_plain_words(content: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read_annual_report(filed(content))


@given(st.binary(max_size=300))
def test_no_bytes_however_odd_break_the_reading(noise: bytes) -> None:
    for content in (noise, html_of("")[:-14] + noise + b"</body></html>"):
        try:
            read_annual_report(filed(content))
        except Unreadable:
            continue


@pytest.mark.parametrize(
    ("text", "people"),
    [
        (
            "At the end of fiscal 2024, we employed approximately 470,100 associates worldwide.",
            470_100,
        ),
        ("As of June 30, 2024, the Company had 8,120 full-time employees in 14 countries.", 8_120),
        ("As of December 31, 2024, we had a total of 950 full- and part-time employees.", 950),
        ("As of December 31, 2024, our global workforce consisted of 12,300 employees.", 12_300),
        ("Our employee headcount worldwide was 125,665.", 125_665),
        (
            "We are served by approximately 2.1 million associates as of January 31, 2025.",
            2_100_000,
        ),
        ("Over 13,000 of our employees worldwide took part in training in the year.", None),
        ("As of year end we had 1,200 employees represented by a labor union in Ohio.", None),
        ("As of year end we had 1,200 employees in research and development alone.", None),
        ("The building can accommodate approximately 4,000 employees on twelve floors.", None),
        ("Claims were brought by approximately 70,000 current and former employees.", None),
        ("We employ people who care about each other and about every customer.", None),
    ],
)
def test_employees_are_counted_only_where_a_sentence_says_so(text: str, people: int | None) -> None:
    found = prose.head_count([text], 2024)
    assert (found and found.people) == people
    assert found is None or found.sentence == text


def test_two_head_counts_that_differ_are_no_count_unless_the_year_tells() -> None:
    now = "As of December 31, 2024, we had 9,000 employees."
    then = "As of December 31, 2023, we had 8,000 employees."
    other = "As of December 31, 2024, we had 7,000 employees."
    assert prose.head_count([then, now], 2024) == prose.HeadCount(9_000, now)
    assert prose.head_count([now, other], 2024) is None


GOOD = "We lease 412 of our 431 stores, and most store leases run for an initial term of ten years."


@pytest.mark.parametrize(
    "text",
    [
        "We lease 412 stores.",
        f"{GOOD[:-1]}, " + "and so on, " * 30 + "without end.",
        "See Note 6 for more on the 412 stores that we lease and on the terms of their leases.",
        "These leases are for 412 of our stores, and most of them have a term of ten years.",
        "The following table shows the maturity of our leases for stores, offices and equipment.",
        "OUR STORES, OFFICES AND DISTRIBUTION CENTERS ARE LEASED FROM MANY DIFFERENT LANDLORDS.",
        "we lease 412 of our 431 stores, and most of our store leases have a term of ten years.",
        "We lease 412 of our 431 stores (and most of our store leases have a term of ten years.",
        "We lease 412 of our 431 stores, and most of our store leases have a term of ten years",
        "We could lease more stores than the 431 that we have if our plans for growth succeed.",
        "We leased 12 stores in 1987, when our founder opened a first store in a small harbor.",
        "Lease expense is recognized on a straight-line basis over the term of a store's lease.",
    ],
)
def test_what_is_no_plain_whole_sentence_is_never_quoted(text: str) -> None:
    assert prose.statements([GOOD], 2024) == (prose.Statement("leases", GOOD),)
    assert prose.statements([text], 2024) == ()


def test_a_sentence_cut_by_a_page_is_not_quoted() -> None:
    cut = ["We own a sentence about our stores that runs on to the next page, where the", GOOD]
    assert prose.statements(cut, 2024) == ()
    assert prose.statements(["Properties", GOOD], 2024) != ()


def test_sentences_part_at_full_stops_and_not_at_abbreviations() -> None:
    text = (
        "We lease stores in the U.S. and Canada. Mr. A. B. Smith of Finch Inc. owns two. In the "
        "U.S. We grow 3.5 times as fast. “It works.” We agree!"
    )
    assert prose.sentences(text) == [
        "We lease stores in the U.S. and Canada.",
        "Mr. A. B. Smith of Finch Inc. owns two.",
        "In the U.S.",
        "We grow 3.5 times as fast.",
        "“It works.”",
        "We agree!",
    ]


def test_rows_hidden_text_and_headers_are_no_prose() -> None:
    body = f"<table><tr><td><p>{GOOD}</p></td></tr></table><div style='display: none'><p>{GOOD}</p>"
    report = read(f"{body}</div><p>Our <span style='display:none'>secret</span> <b>words</b>.</p>")
    assert not [fact for fact in report.facts if fact.kind == FactKind.STATEMENT]
    root = ix.read_inline_xbrl(report.filed.raw.content).root
    assert "Our words." in list(ix.paragraphs(root))
