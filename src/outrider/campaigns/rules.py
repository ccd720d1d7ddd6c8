"""Rules of the room: business days, confidence, the safe ranges of a sales mail.

In: plain values. Out: plain values. Never: a clock, a row, an opinion that is not in a table here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import sqrt

from outrider.prospects import business_days


def add_business_days(start: datetime, days: int, country: str | None = None) -> datetime:
    """`start` moved by `days` business days of a country, at the same time of day.

    A start on a day off counts as the business day before, so that one business day after a Sunday is
    Monday; with zero days it becomes the next business day itself.

    Raises:
        ValueError: `days` is negative.
    """
    return business_days.add_business_days(start, days, country)


def business_days_between(start: datetime, end: datetime) -> int:
    """Business days after `start`'s date up to `end`'s; 0 when they are the same or reversed."""
    return max(0, _weekdays_until(end.date()) - _weekdays_until(start.date()))


def _weekdays_until(day: date) -> int:
    weeks, rest = divmod(day.toordinal() - 1, 7)  # 0001-01-01 was a Monday
    return weeks * 5 + min(rest + 1, 5)


def wilson_lower(hits: int, total: int) -> Decimal:
    """Lower bound of the 95 % score interval of a share (Wilson 1927, JASA 22:209-212).

    It is low both when the share is low and when there are few cases; 0 for no case.
    """
    if total <= 0:
        return Decimal(0)
    z = 1.959964
    share = hits / total
    centre = share + z * z / (2 * total)
    spread = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    bound = max(0.0, (centre - spread) / (1 + z * z / total))
    return Decimal(bound).quantize(Decimal("0.001"))


def needed_confidence(mails: int) -> Decimal:
    """What a rule needs to be called strong; more mail makes the demand higher (D-29)."""
    for least, needed in ((200, "0.65"), (80, "0.60"), (30, "0.55")):
        if mails >= least:
            return Decimal(needed)
    return Decimal("0.50")


@dataclass(frozen=True)
class SafeRange:
    """Where a first-touch sales mail is safe, and where it becomes risky (D-51).

    What past mail shows is kept inside `low` to `high`; `risky_*` is where a reviewer should look.
    """

    low: int
    high: int
    risky_below: int
    risky_above: int
    unit: str
    why: str


SAFE = {
    ("subject_words", None): SafeRange(3, 7, 2, 10, "words", "longer subjects are cut on a phone"),
    ("body_words", 1): SafeRange(50, 125, 30, 200, "words", "it must fit one phone screen"),
    ("body_words", 2): SafeRange(40, 100, 20, 150, "words", "a nudge adds one new thought"),
    ("body_words", 3): SafeRange(
        25, 75, 15, 120, "words", "the last mail only makes it easy to answer"
    ),
    ("paragraphs", None): SafeRange(2, 4, 1, 6, "paragraphs", "short blocks are read on a phone"),
    ("sentence_words", None): SafeRange(8, 16, 5, 22, "words", "simple sentences survive skimming"),
    ("grade_level", None): SafeRange(4, 8, 2, 11, "grade", "a busy reader follows it at once"),
    ("cta_count", None): SafeRange(1, 1, 1, 2, "ask", "one ask gets one answer"),
    ("steps", None): SafeRange(3, 5, 2, 7, "mails", "most replies come from follow-ups"),
    ("step_delay_business_days", None): SafeRange(
        2, 5, 1, 10, "business days", "sooner presses, later is forgotten"
    ),
    ("personalization", None): SafeRange(
        1,
        2,
        0,
        3,
        "facts",
        "one or two facts on the reader show research, more look like surveillance",
    ),
    ("send_hour", None): SafeRange(8, 16, 7, 18, "o'clock", "business hours of the reader"),
}
"""The frozen table of safe ranges: (rule, step or None for every step)."""


def safe(name: str, step: int | None = None) -> SafeRange:
    """The safe range of a rule for a step, else for every step."""
    return SAFE.get((name, step)) or SAFE[(name, None)]


@dataclass(frozen=True)
class Fit:
    """A range after clamping: `learned` says whether past mail moved it."""

    low: int
    high: int
    learned: bool


def fitted(observed_low: int, observed_high: int, bounds: SafeRange) -> Fit:
    """The observed range cut to the safe one; the safe one itself when they do not meet.

    Less than half of the safe range is widened to that around its middle: past habit is evidence,
    not a straitjacket.
    """
    low, high = max(observed_low, bounds.low), min(observed_high, bounds.high)
    if low > high:
        return Fit(bounds.low, bounds.high, learned=False)
    least = (bounds.high - bounds.low + 1) // 2
    if high - low < least:
        middle = (low + high) // 2
        low = max(bounds.low, min(middle - least // 2, bounds.high - least))
        high = low + least
    return Fit(low, high, learned=(low, high) != (bounds.low, bounds.high))
