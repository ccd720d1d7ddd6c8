"""EDGAR itself: the filings of any registrant, asked for at the SEC's own addresses.

In: a CIK, a ticker or a name. Out: company reports. Never: a request faster than the SEC allows, or
a fact of a company whose CIK is another one than asked for.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2

from outrider.kernel.clock import Clock
from outrider.kernel.errors import Broken
from outrider.prospects.types import CompanyReport, RawDocument
from outrider.vendors.sec_edgar import documents
from outrider.vendors.sec_edgar import facts as sec_facts
from outrider.vendors.sec_edgar.addresses import EdgarAddresses
from outrider.vendors.sec_edgar.annual_report import read_annual_report
from outrider.vendors.sec_edgar.assemble import Gathered, company_report
from outrider.vendors.sec_edgar.documents import (
    Filed,
    Unreadable,
    media_type_of,
    must_be_of,
    source_of,
)
from outrider.vendors.sec_edgar.names import Companies
from outrider.vendors.sec_edgar.transport import Answer, Pace, Transport


class Edgar:
    """A filings source over EDGAR's public addresses."""

    name = "sec_edgar"

    def __init__(
        self,
        contact: str,
        transport: httpx2.AsyncBaseTransport | None,
        clock: Clock,
        addresses: EdgarAddresses | None = None,
        pace: Pace | None = None,
    ) -> None:
        """`contact` names who asks, with an e-mail address; the SEC refuses those without.

        `transport` replaces the network, None is the real one; `addresses` may lead to a stand-in,
        and `pace` may be shared with other processes.

        Raises:
            InvalidSetting: `contact` carries no e-mail address.
        """
        self._transport = Transport(contact, clock, pace, transport)
        self._addresses = addresses or EdgarAddresses()
        self._companies: tuple[Answer, Companies] | None = None

    async def report(
        self, *, name: str, cik: str | None, ticker: str | None
    ) -> CompanyReport | None:
        """All facts on one company; None when EDGAR does not know it.

        Raises:
            VendorUnavailable: EDGAR does not answer.
            Broken: the list of tickers cannot be read.
        """
        found = Companies().find(name=name, cik=cik, ticker=ticker) if cik else None
        if not cik:
            found = (await self._listed()).find(name=name, cik=None, ticker=ticker)
        if found is None:
            return None
        url = self._addresses.submissions(found)
        answer = await self._transport.get(url)
        if answer is None:
            return None
        gathered = Gathered(cik=found, name=name)
        annual = self._read_submissions(gathered, url, answer)
        await self._add_company_facts(gathered)
        if annual is not None:
            await self._add_annual_report(gathered, annual)
        # Parsing some megabytes must not hold up everybody else's requests.
        return await asyncio.to_thread(company_report, gathered)

    async def _listed(self) -> Companies:
        answer = await self._transport.get(self._addresses.tickers())
        if answer is None:
            raise Broken(f"EDGAR has no list of tickers at {self._addresses.tickers()}.")
        if self._companies is None or self._companies[0] is not answer:
            try:
                rows = sec_facts.read_tickers(sec_facts.read_json(answer.content))
            except Unreadable as error:
                raise Broken(f"EDGAR's list of tickers {error}; try again later.") from error
            companies = Companies()
            for row in rows:
                companies.add(row.cik, [row.name], [row.ticker])
            self._companies = (answer, companies)
        return self._companies[1]

    def _read_submissions(
        self, gathered: Gathered, url: str, answer: Answer
    ) -> sec_facts.Filing | None:
        try:
            submissions = sec_facts.read_submissions(sec_facts.read_json(answer.content))
            must_be_of(gathered.cik, submissions.cik)
        except Unreadable as error:
            gathered.missing.append(f"EDGAR's answer {url} {error}.")
            return None
        filed = _filed(documents.SUBMISSIONS, url, answer)
        gathered.submissions.append((filed, submissions))
        return submissions.newest_annual()

    async def _add_company_facts(self, gathered: Gathered) -> None:
        url = self._addresses.company_facts(gathered.cik)
        answer = await self._transport.get(url)
        if answer is None:
            gathered.missing.append("EDGAR has no company facts of this company.")
            return
        try:
            parsed: Any = await asyncio.to_thread(sec_facts.read_json, answer.content)
            must_be_of(gathered.cik, sec_facts.company_of_facts(parsed)[0])
        except Unreadable as error:
            gathered.missing.append(f"EDGAR's answer {url} {error}.")
            return
        gathered.company_facts.append((_filed(documents.COMPANY_FACTS, url, answer), parsed))

    async def _add_annual_report(self, gathered: Gathered, filing: sec_facts.Filing) -> None:
        url = self._addresses.document(gathered.cik, filing.accession, filing.document)
        answer = await self._transport.get(url)
        if answer is None:
            gathered.missing.append(f"EDGAR lists the report {url} but does not have it.")
            return
        filed = _filed(source_of(filing.form), url, answer, filing.accession)
        try:
            report = await asyncio.to_thread(read_annual_report, filed)
            must_be_of(gathered.cik, report.cik)
        except Unreadable as error:
            gathered.missing.append(f"The report {url} {error}.")
            return
        gathered.annual.append(report)


def _filed(source: str, url: str, answer: Answer, accession: str | None = None) -> Filed:
    raw = RawDocument(
        source=source,
        url=url,
        media_type=media_type_of(source),
        content=answer.content,
        retrieved_at=answer.retrieved_at,
    )
    return Filed(raw, accession)
