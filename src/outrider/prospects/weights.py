"""The weights of the account ranking, as data (A-28).

In: nothing. Out: `Weighting`. Never: a query. A changed number is a new
version: stored scores name the version that made them.
"""

from __future__ import annotations

from decimal import Decimal

from outrider.prospects.types import FactorName, Weighting

LEASE_ACCOUNTING = Weighting(
    version="lease-accounting-1",
    weights={
        FactorName.LEASES: Decimal("0.35"),
        FactorName.ICP: Decimal("0.25"),
        FactorName.COMPETITOR: Decimal("0.15"),
        FactorName.YEAR_END: Decimal("0.10"),
        FactorName.CONTACTS: Decimal("0.10"),
        FactorName.AUDITOR: Decimal("0.05"),
    },
    # Set by hand for companies that report to the SEC, and frozen: were they taken from the
    # accounts at hand, one account's score would move because another arrived.
    lease_knots=tuple(
        (Decimal(dollars), Decimal(value))
        for dollars, value in (
            ("100000", "0"),
            ("1000000", "0.10"),
            ("5000000", "0.25"),
            ("20000000", "0.40"),
            ("75000000", "0.55"),
            ("250000000", "0.70"),
            ("1000000000", "0.85"),
            ("5000000000", "0.95"),
            ("20000000000", "1"),
        )
    ),
    # A finance team that changes its lease software wants it running before its auditors come.
    year_end_peak_days=90,
    year_end_reach_days=90,
    contacts_enough=5,
    auditors=tuple(
        (words, Decimal(value))
        for words, value in (
            ("deloitte", "1"),
            ("ernst & young", "1"),
            ("ernst and young", "1"),
            ("kpmg", "1"),
            ("pricewaterhousecoopers", "1"),
            ("pwc", "1"),
            ("grant thornton", "0.6"),
            ("bdo", "0.6"),
            ("rsm", "0.6"),
            ("crowe", "0.6"),
            ("forvis", "0.6"),
            ("baker tilly", "0.6"),
        )
    ),
    other_auditor=Decimal("0.3"),
)
