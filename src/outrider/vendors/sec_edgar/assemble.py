"""One report on one company out of all the documents at hand.

In: read documents of one company. Out: a `CompanyReport`. Never: a fact of another company: who
brings a document in has checked its CIK.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from outrider.prospects.types import CompanyReport, FactKind, FoundFact
from outrider.vendors.sec_edgar import facts as sec_facts
from outrider.vendors.sec_edgar.amounts import LeaseLiability, Reported
from outrider.vendors.sec_edgar.annual_report import AnnualReport
from outrider.vendors.sec_edgar.documents import Filed
from outrider.vendors.sec_edgar.facts import Submissions

MOST_STATEMENTS = 8
_COVER_KINDS = (FactKind.PERIOD_END, FactKind.AUDITOR, FactKind.EMPLOYEES)
_WANTED = {
    FactKind.AUDITOR: "No filing at hand names the auditor.",
    FactKind.FISCAL_YEAR_END: "No filing at hand gives the end of the fiscal year.",
    FactKind.REVENUE: "No filing at hand reports the revenue of a whole year.",
    FactKind.EMPLOYEES: "No sentence says beyond doubt how many people the company employs.",
    FactKind.STATEMENT: "No sentence on leases, properties, systems or the audit is fit to quote.",
}


@dataclass
class Gathered:
    """The documents of one company, each read."""

    cik: str
    name: str = ""
    ticker: str | None = None
    company_facts: list[tuple[Filed, Any]] = field(default_factory=list)
    submissions: list[tuple[Filed, Submissions]] = field(default_factory=list)
    annual: list[AnnualReport] = field(default_factory=list)
    interim: list[AnnualReport] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def company_report(gathered: Gathered) -> CompanyReport:
    """Merge what the documents say: per kind the newest counts; `missing` says what is not there.

    The fiscal year's end comes from the submissions: they say what holds today, an annual report
    what held when it was filed. A copy of the submissions older than the report does not count.
    """
    # An amendment stands before the report that it amends: what it says again counts.
    annual = sorted(
        gathered.annual,
        key=lambda report: (report.period_end or date.min, report.form.endswith("/A")),
        reverse=True,
    )
    gathered.submissions.sort(key=lambda pair: pair[1].latest_filing or date.min, reverse=True)
    found = [
        *_name(gathered, annual),
        *_fiscal_year_end(gathered, annual),
        *(fact for kind in _COVER_KINDS for fact in _first(annual, kind)),
        *_lease(gathered, annual),
        *_revenue(gathered, annual),
        *_statements(annual),
    ]
    name = next((fact.value for fact in found if fact.kind == FactKind.COMPANY_NAME), "")
    tickers = [item.tickers[0] for _, item in gathered.submissions if item.tickers]
    tickers += [report.ticker for report in annual if report.ticker]
    documents = [
        *(filed for filed, _ in gathered.submissions),
        *(filed for filed, _ in gathered.company_facts),
        *(report.filed for report in (*annual, *gathered.interim)),
    ]
    return CompanyReport(
        cik=gathered.cik,
        name=name or gathered.name,
        ticker=next(iter(tickers), gathered.ticker),
        facts=tuple(found),
        documents=tuple(filed.raw for filed in documents),
        missing=(*gathered.missing, *_not_found(gathered, found)),
    )


def _first(annual: Sequence[AnnualReport], kind: FactKind) -> list[FoundFact]:
    """The fact of this kind in the newest report that has one."""
    return next(([fact] for report in annual for fact in report.facts if fact.kind == kind), [])


def _name(gathered: Gathered, annual: Sequence[AnnualReport]) -> Iterator[FoundFact]:
    in_report = _first(annual, FactKind.COMPANY_NAME)
    if in_report:
        yield from in_report
        return
    named = [(filed, item.name, item.latest_filing) for filed, item in gathered.submissions]
    named += [
        (filed, sec_facts.company_of_facts(answer)[1], None)
        for filed, answer in gathered.company_facts
    ]
    for filed, name, day in named:
        if name:
            yield FoundFact(
                kind=FactKind.COMPANY_NAME, value=name, as_of=day, evidence=filed.evidence(name)
            )
            return


def _fiscal_year_end(gathered: Gathered, annual: Sequence[AnnualReport]) -> list[FoundFact]:
    in_report = _first(annual, FactKind.FISCAL_YEAR_END)
    reported = in_report[0].as_of if in_report else None
    for filed, item in gathered.submissions:
        stale = reported is not None and (item.latest_filing or date.min) < reported
        if item.fiscal_year_end is not None and not stale:
            return [
                FoundFact(
                    kind=FactKind.FISCAL_YEAR_END,
                    value=item.fiscal_year_end,
                    unit="MM-DD",
                    as_of=item.latest_filing,
                    evidence=filed.evidence(item.fiscal_year_end_quote),
                )
            ]
    return in_report


def _lease(gathered: Gathered, annual: Sequence[AnnualReport]) -> list[FoundFact]:
    """The newest lease liability of all documents.

    On the same date a report's row is the better quote; company facts count only where they
    differ, for they hold what was filed last (a restatement).
    """
    from_facts = _newest(
        (filed, sec_facts.newest_lease_liability(answer))
        for filed, answer in gathered.company_facts
    )
    from_report = _newest((report.filed, report.lease) for report in (*annual, *gathered.interim))
    if from_facts is None or from_report is None:
        chosen = from_facts or from_report
    else:
        theirs, ours = from_facts[1], from_report[1]
        restated = theirs.end == ours.end and theirs.amount != ours.amount
        comparable = theirs.kind == ours.kind and theirs.unit == ours.unit
        newer = theirs.end > ours.end or (restated and comparable)
        chosen = from_facts if newer else from_report
    if chosen is None:
        return []
    filed, lease = chosen
    last = max(lease.parts, key=lambda part: part.filed)
    return [
        FoundFact(
            kind=lease.kind,
            value=plain(lease.amount),
            unit=lease.unit,
            as_of=lease.end,
            basis=lease.basis,
            evidence=filed.evidence(" … ".join(part.quote for part in lease.parts), last.accession),
        )
    ]


def _newest(
    found: Iterator[tuple[Filed, LeaseLiability | None]],
) -> tuple[Filed, LeaseLiability] | None:
    whole = [(filed, lease) for filed, lease in found if lease is not None]
    return max(whole, key=lambda pair: (pair[1].end, pair[1].filed), default=None)


def _revenue(gathered: Gathered, annual: Sequence[AnnualReport]) -> list[FoundFact]:
    found: list[tuple[Filed, Reported]] = [
        (report.filed, report.revenue) for report in annual if report.revenue is not None
    ]
    found += [
        (filed, revenue)
        for filed, answer in gathered.company_facts
        if (revenue := sec_facts.newest_revenue(answer)) is not None
    ]
    if not found:
        return []
    filed, revenue = max(found, key=lambda pair: pair[1].end)
    return [
        FoundFact(
            kind=FactKind.REVENUE,
            value=plain(revenue.amount),
            unit=revenue.unit,
            as_of=revenue.end,
            basis=revenue.tag,
            evidence=filed.evidence(revenue.quote, revenue.accession),
        )
    ]


def _statements(annual: Sequence[AnnualReport]) -> list[FoundFact]:
    """Sentences of the newest report that has any: an older year's would sound like today's."""
    quoted = [
        (report.period_end or date.min, found)
        for report in annual
        if (found := [fact for fact in report.facts if fact.kind == FactKind.STATEMENT])
    ]
    newest = max(quoted, key=lambda pair: (pair[0], len(pair[1])), default=None)
    return newest[1][:MOST_STATEMENTS] if newest else []


def _not_found(gathered: Gathered, found: Sequence[FoundFact]) -> Iterator[str]:
    at_hand = (gathered.company_facts, gathered.submissions, gathered.annual, gathered.interim)
    if not any(at_hand):
        yield f"No filing of {gathered.name or gathered.cik} is at hand."
        return
    kinds = {fact.kind for fact in found}
    if not gathered.annual:
        yield "No annual report with inline XBRL is at hand."
    if not kinds & {FactKind.OPERATING_LEASE_LIABILITY, FactKind.LEASE_LIABILITY_ALL}:
        yield "No filing at hand reports a lease liability."
    for kind, words in _WANTED.items():
        if kind not in kinds:
            yield words


def plain(amount: Decimal) -> str:
    """A decimal without an exponent and without trailing zeros after the point."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
