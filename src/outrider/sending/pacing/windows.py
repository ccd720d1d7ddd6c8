"""When a mailbox works and when a recipient does, day by day.

In: zones, dates, hours on the wall. Out: spans in UTC. Never: an instant at which a wall clock of
the place shows a time outside of its hours, whatever the clocks do that day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from outrider.drafts.review.hours import holidays_of
from outrider.kernel.errors import InvalidInput
from outrider.sending.pacing.types import Place, Span
from outrider.sending.types import DayPlan

RECIPIENT_HOURS = (time(9), time(17))
"""Working hours of a recipient (TZ-1: 9 to 17, Monday to Friday unless the country rests then)."""

LEAST_IN_COMMON = timedelta(hours=2)
"""Zones of a wide country that leave less in common are dropped, those with fewest people first."""

_DAY = timedelta(days=1)
_WEEKEND = frozenset({5, 6})


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name."""
    return ZoneInfo(name)


@lru_cache(maxsize=65_536)
def hours_on(name: str, day: date, start: time, end: time) -> Span | None:
    """From `start` to `end` on the wall of a zone; None when nothing of it exists.

    Where the clock skips or repeats the start, the later reading counts; of the end, the earlier.
    """
    opens = max(_readings(day, start, zone(name)))
    closes = min(_readings(day, end, zone(name)))
    return (opens, closes) if opens < closes else None


def _readings(day: date, wall: time, place: ZoneInfo) -> tuple[datetime, datetime]:
    shown = datetime.combine(day, wall, place)
    return shown.astimezone(UTC), shown.replace(fold=1).astimezone(UTC)


@lru_cache(maxsize=65_536)
def day_bounds(name: str, day: date) -> Span:
    """The first instant of a day in a zone, and of the next day."""
    first, last = (min(_readings(one, time(), zone(name))) for one in (day, day + _DAY))
    return first, last


@lru_cache(maxsize=65_536)
def recipient_on(place: Place, day: date) -> Span | None:
    """When a person works on a date of theirs: none at weekends and on public holidays.

    Who may be in several zones gets the hours that all of them have in common (TZ-1).
    """
    if not place.zones or is_free(place.country, place.part, day):
        return None
    several = list(place.zones)
    while True:
        spans = [hours_on(name, day, *RECIPIENT_HOURS) for name in several]
        there = [span for span in spans if span is not None]
        common = (max(span[0] for span in there), min(span[1] for span in there)) if there else None
        if common and (common[1] - common[0] >= LEAST_IN_COMMON or len(several) == 1):
            return common
        if len(several) == 1:
            return None
        several.pop()


@lru_cache(maxsize=65_536)
def is_free(country: str | None, part: str | None, day: date) -> bool:
    """Whether a country rests on this day: its weekend, or a public holiday of it or the part."""
    calendar = None
    for code in (f"{country}-{part}" if part else None, country):
        try:
            calendar = holidays_of(code) if code and calendar is None else calendar
        except InvalidInput:
            continue
    if calendar is None:
        return day.weekday() in _WEEKEND
    weekend = getattr(calendar, "weekend", None) or _WEEKEND
    return day.weekday() in weekend or day in calendar


@lru_cache(maxsize=65_536)
def mailbox_on(plan: DayPlan, mailbox: str, day: date) -> tuple[Span, ...]:
    """When a mailbox writes on a date of its own: its hours without lunch, shortened by jitter."""
    if day.weekday() not in plan.weekdays:
        return ()
    whole = hours_on(plan.timezone, day, plan.start, plan.end)
    if whole is None:
        return ()
    whole = _shortened(whole, plan, mailbox, day)
    if plan.lunch is None:
        return (whole,) if whole[0] < whole[1] else ()
    begins = min(_readings(day, plan.lunch[0], zone(plan.timezone)))
    ends = max(_readings(day, plan.lunch[1], zone(plan.timezone)))
    rest = (
        begins - jitter(plan.jitter_seconds, mailbox, day, "lunch"),
        ends + jitter(plan.jitter_seconds, mailbox, day, "back"),
    )
    halves = ((whole[0], min(whole[1], rest[0])), (max(whole[0], rest[1]), whole[1]))
    return tuple(span for span in halves if span[0] < span[1])


def _shortened(span: Span, plan: DayPlan, mailbox: str, day: date) -> Span:
    return (
        span[0] + jitter(plan.jitter_seconds, mailbox, day, "comes"),
        span[1] - jitter(plan.jitter_seconds, mailbox, day, "leaves"),
    )


def jitter(most_seconds: int, who: str, day: date, what: str) -> timedelta:
    """Seconds from nothing to `most_seconds`, always the same for the same mail or mailbox and day.

    Taken from SHA-256, so that a plan can be computed again and checked; never by chance.
    """
    if most_seconds <= 0:
        return timedelta()
    digest = hashlib.sha256(f"{what}|{who}|{day.isoformat()}".encode()).digest()
    return timedelta(seconds=int.from_bytes(digest[:8], "big") % (most_seconds + 1))


def crossed(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """What two ordered lists of spans have in common, in order."""
    found = [
        (max(a[0], b[0]), min(a[1], b[1]))
        for a in left
        for b in right
        if max(a[0], b[0]) < min(a[1], b[1])
    ]
    return sorted(found)
