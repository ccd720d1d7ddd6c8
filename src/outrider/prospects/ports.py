"""What the room needs from outside, in its own words.

In: account names and numbers. Out: reports with evidence. Never: a vendor's type.
"""

from __future__ import annotations

from typing import Protocol

from outrider.prospects.types import CompanyReport


class FilingsSource(Protocol):
    """A place where companies' public filings can be read."""

    name: str

    async def report(
        self, *, name: str, cik: str | None, ticker: str | None
    ) -> CompanyReport | None:
        """All facts on one company, each with evidence; None when the source does not know it.

        Raises:
            VendorUnavailable: the source does not answer.
            Broken: what it answered cannot be read.
        """
        ...
