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
from outrider.vendors.sec_edgar.annual_report import read_annual_report, source_of
from outrider.vendors.sec_edgar.assemble import Gathered, company_report
from outrider.vendors.sec_edgar.documents import Filed, Unreadable
from outrider.vendors.sec_edgar.names import Companies
from outrider.vendors.sec_edgar.transport import Pace, Transport


class Edgar:
    """A filings source over EDGAR's public addresses."""

    name = "sec_edgar"

    def __init__(
        self,
        contact: str,
        clock: Clock,
        addresses: EdgarAddresses | None = None,
        pace: Pace | None = None,
        wire: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """`contact` names who asks, with an e-mail address; the SEC refuses those without.

        `addresses` may lead to a stand-in, `pace` may be shared with other processes, and `wire`
        replaces the network.

        Raises:
            InvalidSetting: `contact` carries no e-mail address.
        """
        self._transport = Transport(contact, clock, pace, wire)
        self._clock = clock
        self._addresses = addresses or EdgarAddresses()
        self._companies: tuple[bytes, Companies] | None = None

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
        content = await self._transport.get(url)
        if content is None:
            return None
        gathered = Gathered(cik=found, name=name)
        annual = self._read_submissions(gathered, url, content)
        await self._add_company_facts(gathered)
        if annual is not None:
            await self._add_annual_report(gathered, annual)
        # Parsing some megabytes must not hold up everybody else's requests.
        return await asyncio.to_thread(company_report, gathered)

    async def _listed(self) -> Companies:
        content = await self._transport.get(self._addresses.tickers())
        if content is None:
            raise Broken(f"EDGAR has no list of tickers at {self._addresses.tickers()}.")
        if self._companies is None or self._companies[0] is not content:
            try:
                rows = sec_facts.read_tickers(sec_facts.read_json(content))
            except Unreadable as error:
                raise Broken(f"EDGAR's list of tickers {error}; try again later.") from error
            companies = Companies()
            for row in rows:
                companies.add(row.cik, [row.name], [row.ticker])
            self._companies = (content, companies)
        return self._companies[1]

    def _read_submissions(
        self, gathered: Gathered, url: str, content: bytes
    ) -> sec_facts.Filing | None:
        try:
            submissions = sec_facts.read_submissions(sec_facts.read_json(content))
            _must_be_of(gathered.cik, submissions.cik)
        except Unreadable as error:
            gathered.missing.append(f"EDGAR's answer {url} {error}.")
            return None
        filed = self._filed(documents.SUBMISSIONS, url, content)
        gathered.submissions.append((filed, submissions))
        return submissions.newest_annual()

    async def _add_company_facts(self, gathered: Gathered) -> None:
        url = self._addresses.company_facts(gathered.cik)
        content = await self._transport.get(url)
        if content is None:
            gathered.missing.append("EDGAR has no company facts of this company.")
            return
        try:
            answer: Any = await asyncio.to_thread(sec_facts.read_json, content)
            _must_be_of(gathered.cik, sec_facts.company_of_facts(answer)[0])
        except Unreadable as error:
            gathered.missing.append(f"EDGAR's answer {url} {error}.")
            return
        gathered.company_facts.append((self._filed(documents.COMPANY_FACTS, url, content), answer))

    async def _add_annual_report(self, gathered: Gathered, filing: sec_facts.Filing) -> None:
        url = self._addresses.document(gathered.cik, filing.accession, filing.document)
        content = await self._transport.get(url)
        if content is None:
            gathered.missing.append(f"EDGAR lists the report {url} but does not have it.")
            return
        filed = self._filed(source_of(filing.form), url, content, filing.accession)
        try:
            report = await asyncio.to_thread(read_annual_report, filed)
            _must_be_of(gathered.cik, report.cik)
        except Unreadable as error:
            gathered.missing.append(f"The report {url} {error}.")
            return
        gathered.annual.append(report)

    def _filed(
        self, source: str, url: str, content: bytes, accession: str | None = None
    ) -> Filed:
        raw = RawDocument(
            source=source,
            url=url,
            media_type="application/json" if url.endswith(".json") else "text/html",
            content=content,
            retrieved_at=self._clock.now(),
        )
        return Filed(raw, accession)


def _must_be_of(cik: str, stated: str) -> None:
    if stated != cik:
        raise Unreadable(f"is of another company (CIK {stated}), so nothing was taken from it")
