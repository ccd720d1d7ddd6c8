"""Where EDGAR answers.

In: CIK, accession number, document. Out: addresses. Never: a request.

Source: SEC, "EDGAR application programming interfaces" and "Accessing EDGAR data".
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EdgarAddresses:
    """The two hosts of EDGAR; a stand-in is given by other ones."""

    data: str = "https://data.sec.gov"
    www: str = "https://www.sec.gov"

    def company_facts(self, cik: str) -> str:
        """All amounts that a company ever tagged; `cik` has ten digits."""
        return f"{self.data}/api/xbrl/companyfacts/CIK{cik}.json"

    def submissions(self, cik: str) -> str:
        """Who a company is and what it filed."""
        return f"{self.data}/submissions/CIK{cik}.json"

    def tickers(self) -> str:
        """All companies with a ticker."""
        return f"{self.www}/files/company_tickers.json"

    def document(self, cik: str, accession: str, document: str) -> str:
        """One document of one filing."""
        folder = accession.replace("-", "")
        return f"{self.www}/Archives/edgar/data/{int(cik)}/{folder}/{document}"
