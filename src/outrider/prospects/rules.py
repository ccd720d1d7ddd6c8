"""The room's decisions: how much an account is worth our time, and why a person is not written to.

In: values and the present instant. Out: scores and reasons in words. Never: I/O, a clock, chance.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from outrider.prospects.types import (
    ContactStatus,
    Fact,
    FactKind,
    Factor,
    FactorName,
    Score,
    Standing,
    SuppressionReason,
    Weighting,
)

_POINTS = Decimal("0.01")
_SHARE = Decimal("0.0001")
_NO = frozenset({"no", "none", "false", "0", "n", "nein", "non"})
_YES = frozenset({"yes", "true", "1", "y", "ja", "oui", "x"})

Reading = tuple[Decimal | None, str]
"""What one factor reads: its value from 0 to 1, or None when the input is missing, and why."""


def score(standing: Standing, weighting: Weighting, today: date) -> Score:
    """The weighted score of one account (A-28).

    Each factor reads a value from 0 to 1; the points are 100 times their weighted sum. A missing
    input adds nothing and lowers the coverage: the other weights never grow in its place.

    Args:
        standing: what is known of the account; nothing of any other account.
        weighting: weights and scales; its version is part of the score.
        today: from which the days to the fiscal year's end are counted.
    """
    factors = tuple(
        _factor(name, weight, _READINGS[name](standing, weighting, today))
        for name, weight in weighting.weights.items()
    )
    earned = sum((f.weight * f.value for f in factors if f.value is not None), Decimal(0))
    observed = sum((f.weight for f in factors if f.value is not None), Decimal(0))
    return Score(
        account_id=standing.account.id,
        points=(earned * 100).quantize(_POINTS),
        coverage=observed.quantize(_SHARE),
        factors=factors,
        weights_version=weighting.version,
    )


def ranked(scores: list[Score]) -> list[Score]:
    """Best first; of equal points the better known account, then the older one."""
    return sorted(scores, key=lambda s: (-s.points, -s.coverage, s.account_id))


def _factor(name: FactorName, weight: Decimal, reading: Reading) -> Factor:
    value, reason = reading
    return Factor(
        name=name,
        weight=weight,
        value=None if value is None else value.quantize(_SHARE),
        reason=reason,
    )


def _leases(standing: Standing, weighting: Weighting, today: date) -> Reading:
    fact = standing.newest(FactKind.OPERATING_LEASE_LIABILITY)
    amount = _number(fact)
    if fact is None or amount is None:
        return None, "No operating lease liability is known"
    as_of = f" as of {fact.as_of.isoformat()}" if fact.as_of else ""
    if fact.unit not in (None, "USD"):
        return None, f"Operating lease liabilities are reported in {fact.unit}{as_of}, not in USD"
    said = f"Operating lease liabilities of {in_words(amount)}{as_of}"
    return position(amount, weighting.lease_knots), said


def _icp(standing: Standing, weighting: Weighting, today: date) -> Reading:
    given = standing.account.icp_score
    if given is None:
        return None, "No ICP score is known"
    return min(max(given, Decimal(0)), Decimal(100)) / 100, f"ICP score of {_plain(given)} of 100"


def _competitor(standing: Standing, weighting: Weighting, today: date) -> Reading:
    fact = standing.newest(FactKind.COMPETITOR)
    name = (standing.account.competitor or (fact.value if fact else "")).strip()
    if not name:
        return None, "It is not known whether they use a competitor"
    if name.casefold() in _NO:
        return Decimal(0), "They use no competitor"
    if name.casefold() in _YES:
        return Decimal(1), "They use a competitor"
    return Decimal(1), f"They use {name}"


def _year_end(standing: Standing, weighting: Weighting, today: date) -> Reading:
    fact = standing.newest(FactKind.FISCAL_YEAR_END)
    end = next_year_end(fact.value, today) if fact else None
    if end is None:
        return None, "The end of the fiscal year is not known"
    days = (end - today).days
    distance = abs(days - weighting.year_end_peak_days)
    value = max(Decimal(0), 1 - Decimal(distance) / weighting.year_end_reach_days)
    return value, f"The fiscal year ends on {end.isoformat()}, in {days} days"


def _contacts(standing: Standing, weighting: Weighting, today: date) -> Reading:
    count = standing.contacts
    value = Decimal(min(count, weighting.contacts_enough)) / weighting.contacts_enough
    return value, f"{count} {'person' if count == 1 else 'people'} we may write to"


def _auditor(standing: Standing, weighting: Weighting, today: date) -> Reading:
    fact = standing.newest(FactKind.AUDITOR)
    if fact is None or not fact.value.strip():
        return None, "The auditor is not known"
    name = fact.value.casefold()
    for words, value in weighting.auditors:
        if re.search(rf"\b{re.escape(words)}\b", name):
            return value, f"Audited by {fact.value}"
    return weighting.other_auditor, f"Audited by {fact.value}"


_READINGS: Mapping[FactorName, Callable[[Standing, Weighting, date], Reading]] = {
    FactorName.LEASES: _leases,
    FactorName.ICP: _icp,
    FactorName.COMPETITOR: _competitor,
    FactorName.YEAR_END: _year_end,
    FactorName.CONTACTS: _contacts,
    FactorName.AUDITOR: _auditor,
}


def position(amount: Decimal, knots: tuple[tuple[Decimal, Decimal], ...]) -> Decimal:
    """Where `amount` stands between the knots: log1p of it, linear between neighbours, 0 to 1."""
    if amount <= knots[0][0]:
        return knots[0][1]
    for (low, low_value), (high, high_value) in pairwise(knots):
        if amount <= high:
            start, stop = math.log1p(float(low)), math.log1p(float(high))
            share = Decimal((math.log1p(float(amount)) - start) / (stop - start))
            return low_value + (high_value - low_value) * share
    return knots[-1][1]


def next_year_end(month_day: str, today: date) -> date | None:
    """The first day on or after `today` on which a fiscal year ends; None when it is no day.

    Args:
        month_day: `MM-DD`. The 29th of February stands for the month's last day.
        today: the day to count from.
    """
    match = re.fullmatch(r"(\d\d)-(\d\d)", month_day)
    if match is None:
        return None
    month, day = int(match[1]), int(match[2])
    for year in (today.year, today.year + 1):
        end = _day(year, month, day)
        if end is not None and end >= today:
            return end
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, 2, 28) if (month, day) == (2, 29) else None


def in_words(dollars: Decimal) -> str:
    """An amount as people say it: `$8.7 billion`, `$950,000`."""
    # From 999.95 million on, one decimal would read `1000.0 million`.
    for least, size, word in ((999_950_000, 9, "billion"), (1_000_000, 6, "million")):
        if dollars >= least:
            return f"${_plain((dollars / 10**size).quantize(Decimal('0.1')))} {word}"
    return f"${dollars:,.0f}"


def _number(fact: Fact | None) -> Decimal | None:
    try:
        amount = fact.number if fact else None
    except InvalidOperation:
        return None
    return amount if amount is not None and amount.is_finite() and amount >= 0 else None


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_WHY_SUPPRESSED = {
    SuppressionReason.OPT_OUT: "this person asked not to be written to",
    SuppressionReason.COMPLAINT: "this person reported a mail as spam",
    SuppressionReason.HARD_BOUNCE: "mail to this address bounced for good",
    SuppressionReason.MANUAL: "this address is on the suppression list",
}


def why_not(
    status: ContactStatus,
    suppressed: SuppressionReason | None,
    quiet_until: date | None = None,
    today: date | None = None,
) -> str | None:
    """Why this person must not be written to, in plain words; None when they may be.

    The suppression list comes first: it holds even if the contact was made anew (A-57). A pause that
    the person asked for holds to the end of its last day (UTC); without `today` it is not asked for.
    """
    if suppressed is not None:
        return _WHY_SUPPRESSED[suppressed]
    if status is ContactStatus.OPTED_OUT:
        return _WHY_SUPPRESSED[SuppressionReason.OPT_OUT]
    if status is ContactStatus.INVALID:
        return "this address is not valid any more"
    if quiet_until is not None and today is not None and today <= quiet_until:
        return f"the person asked for a pause until {quiet_until:%Y-%m-%d}"
    return None
