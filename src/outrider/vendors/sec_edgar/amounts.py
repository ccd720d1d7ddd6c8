"""Which of many reported amounts is the one to use.

In: reported amounts of any filing. Out: the newest lease liability or yearly revenue.
Never: an amount made from half a sum, or dated by a filing's fiscal year.

The rules were checked on real company facts: the same date is reported again in later filings, so
the last filed amount counts; a total is tagged in annual reports only, so that the sum of its
current and noncurrent parts is often newer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from outrider.prospects.types import FactKind

OPERATING_TOTAL = "us-gaap:OperatingLeaseLiability"
OPERATING_CURRENT = "us-gaap:OperatingLeaseLiabilityCurrent"
OPERATING_NONCURRENT = "us-gaap:OperatingLeaseLiabilityNoncurrent"
IFRS_TOTAL = "ifrs-full:LeaseLiabilities"
IFRS_CURRENT = "ifrs-full:CurrentLeaseLiabilities"
IFRS_NONCURRENT = "ifrs-full:NoncurrentLeaseLiabilities"
LEASE_TAGS = frozenset(
    {
        OPERATING_TOTAL,
        OPERATING_CURRENT,
        OPERATING_NONCURRENT,
        IFRS_TOTAL,
        IFRS_CURRENT,
        IFRS_NONCURRENT,
    }
)
# Where several are reported for one year, the first holds the others: `Revenues` has income that
# is no contract with a customer (membership fees, rents) on top.
REVENUE_TAGS = (
    "us-gaap:Revenues",
    "us-gaap:RevenueFromContractWithCustomerExcludingAssessedTax",
    "us-gaap:SalesRevenueNet",
    "ifrs-full:Revenue",
)
SHORTEST_YEAR_DAYS = 350
LONGEST_YEAR_DAYS = 380


@dataclass(frozen=True)
class Reported:
    """One amount as a filing reports it; `start` is None for an amount at an instant."""

    tag: str
    unit: str
    end: date
    amount: Decimal
    quote: str
    start: date | None = None
    filed: date = date.min
    accession: str | None = None
    form: str | None = None


@dataclass(frozen=True)
class LeaseLiability:
    """The newest lease liability of a company, and the amounts that it was made of."""

    kind: FactKind
    amount: Decimal
    unit: str
    end: date
    basis: str
    parts: tuple[Reported, ...]

    @property
    def filed(self) -> date:
        """The day of the last filing that it rests on."""
        return max(part.filed for part in self.parts)


@dataclass(frozen=True)
class _Family:
    """The tags under which one accounting standard reports lease liabilities."""

    kind: FactKind
    total: str
    current: str
    noncurrent: str
    basis_total: str
    basis_sum: str


_FAMILIES = (
    _Family(
        FactKind.OPERATING_LEASE_LIABILITY,
        OPERATING_TOTAL,
        OPERATING_CURRENT,
        OPERATING_NONCURRENT,
        "us_gaap_total",
        "us_gaap_current_plus_noncurrent",
    ),
    _Family(
        FactKind.LEASE_LIABILITY_ALL,
        IFRS_TOTAL,
        IFRS_CURRENT,
        IFRS_NONCURRENT,
        "ifrs_all_leases",
        "ifrs_all_leases",
    ),
)


def newest_lease_liability(reported: Iterable[Reported]) -> LeaseLiability | None:
    """The lease liability with the newest date.

    Per accounting standard: the total, or current plus noncurrent of the same date and unit. Where
    both exist for a date and differ, the later filed one counts. US GAAP comes before IFRS on the
    same date, for it says *operating* leases. None when no date has a whole amount.
    """
    latest = _last_filed(item for item in reported if item.tag in LEASE_TAGS and item.start is None)
    found = [
        liability
        for family in _FAMILIES
        for unit, end in {(item.unit, item.end) for item in latest.values()}
        if (liability := _of_family(family, latest, unit, end)) is not None
    ]
    return max(
        found,
        key=lambda item: (
            item.end,
            item.kind == FactKind.OPERATING_LEASE_LIABILITY,
            item.unit == "USD",
            item.unit,
        ),
        default=None,
    )


def newest_revenue(reported: Iterable[Reported]) -> Reported | None:
    """The revenue of the newest period of about one year; None when there is none."""
    yearly = [
        item
        for item in reported
        if item.tag in REVENUE_TAGS
        and item.start is not None
        and SHORTEST_YEAR_DAYS <= (item.end - item.start).days <= LONGEST_YEAR_DAYS
    ]
    return max(
        yearly,
        key=lambda item: (
            item.end,
            -REVENUE_TAGS.index(item.tag),
            item.filed,
            item.unit == "USD",
        ),
        default=None,
    )


def _of_family(
    family: _Family, latest: Mapping[tuple[str, str, date], Reported], unit: str, end: date
) -> LeaseLiability | None:
    total = latest.get((family.total, unit, end))
    current = latest.get((family.current, unit, end))
    noncurrent = latest.get((family.noncurrent, unit, end))
    whole = summed = None
    if total is not None:
        whole = LeaseLiability(family.kind, total.amount, unit, end, family.basis_total, (total,))
    if current is not None and noncurrent is not None:
        amount = current.amount + noncurrent.amount
        summed = LeaseLiability(
            family.kind, amount, unit, end, family.basis_sum, (current, noncurrent)
        )
    if whole is None or summed is None:
        return whole or summed
    restated = summed.amount != whole.amount and summed.filed > whole.filed
    return summed if restated else whole


def _last_filed(reported: Iterable[Reported]) -> dict[tuple[str, str, date], Reported]:
    """The last filed amount per tag, unit and date; of one day's filings the later in order."""
    in_order = sorted((item for item in reported if item.amount >= 0), key=lambda item: _key(item))
    return {
        key: max(enumerate(items), key=lambda pair: (pair[1].filed, pair[0]))[1]
        for key, items in groupby(in_order, key=_key)
    }


def _key(item: Reported) -> tuple[str, str, date]:
    return (item.tag, item.unit, item.end)
