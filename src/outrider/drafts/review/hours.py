"""Business time: when somebody works, and when so much of their working time has passed.

In: instants with a time zone, an amount of time, working times. Out: instants in UTC. Never: a row,
the present, a guess where the hours say nothing.

Hours are what a clock on the wall shows in the person's zone: a day that starts at 9:00 starts at
9:00 on both sides of a change of the clocks. A start or an end that the clock skips means the
instant of the change; one that it shows twice means the first as a start and the second as an end.
Several working times count as one that is open whenever any of them is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from heapq import merge
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outrider.drafts.review.types import Counts, DayHours, WorkingTime
from outrider.kernel.errors import InvalidInput

if TYPE_CHECKING:
    from holidays import HolidayBase

Working: TypeAlias = WorkingTime | tuple[WorkingTime, ...]
"""One person's working time, or those of everybody who could do it."""

LONGEST = timedelta(days=366)
"""The most business time that can be added at once: more than ten years of eight-hour days."""
MOST_DAYS_OFF = 366
_MOST_CLOSED_DAYS = 400
"""Whoever does not work for so many days in a row has no working time."""
_DAY = timedelta(days=1)

_Span: TypeAlias = tuple[datetime, datetime]


def is_open(at: datetime, working: Working) -> bool:
    """Whether anybody works at this instant; the closing minute itself is closed."""
    span = next(_spans(at, working), None)
    return span is not None and span[0] <= at


def next_opening(at: datetime, working: Working) -> datetime:
    """This instant where it is within hours, else the start of the next working time.

    Raises:
        InvalidInput: nobody works in the 400 days after it.
    """
    span = next(_spans(at, working), None)
    if span is None:
        raise _nobody(at)
    return max(span[0], at.astimezone(UTC))


def add_business_time(start: datetime, amount: timedelta, working: Working) -> datetime:
    """The first instant at which `amount` of working time has passed since `start`.

    It may be a closing instant (Friday 13:00 and four hours are Friday 17:00) and is never outside
    of hours otherwise. For no time at all it is `start` itself, or the next opening.

    Raises:
        InvalidInput: the amount is negative or longer than 366 days of working time, or nobody works.
    """
    if not timedelta(0) <= amount <= LONGEST:
        raise InvalidInput(
            f"{amount} of business time cannot be counted: give between nothing and 366 days."
        )
    if not amount:
        return start.astimezone(UTC) if _closes_at(start, working) else next_opening(start, working)
    for opens, closes in _spans(start, working):
        opens = max(opens, start.astimezone(UTC))
        if amount <= closes - opens:
            return opens + amount
        amount -= closes - opens
    raise _nobody(start)


def business_time_between(start: datetime, end: datetime, working: Working) -> timedelta:
    """How much working time lies between two instants; none when `end` is not after `start`."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    total = timedelta(0)
    for opens, closes in _spans(start, working):
        if opens >= end:
            break
        total += min(closes, end) - max(opens, start)
    return total


def falls_due(start: datetime, amount: timedelta, working: Working, counts: Counts) -> datetime:
    """When a reviewer's time is over: `amount` after `start`, by the policy's way of counting.

    Business time counts working hours alone. Elapsed time runs through nights and weekends, but what
    falls due then falls due at the next opening: four hours from Friday 18:00 end on Monday at 9:00.

    Raises:
        InvalidInput: as for `add_business_time`.
    """
    if counts is Counts.BUSINESS:
        return add_business_time(start, amount, working)
    if not timedelta(0) <= amount <= LONGEST:
        raise InvalidInput(f"{amount} cannot be waited for: give between nothing and 366 days.")
    return next_opening(start + amount, working)


def checked(working: WorkingTime) -> WorkingTime:
    """Working times that can be used, in order.

    Raises:
        InvalidInput: what is wrong with them, and the way out.
    """
    try:
        ZoneInfo(working.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(
            f"There is no time zone {working.timezone!r}: give an IANA name such as Europe/Berlin."
        ) from None
    if working.holidays:
        holidays_of(working.holidays)
    if len(working.days_off) > MOST_DAYS_OFF:
        raise InvalidInput(
            f"{len(working.days_off)} days off are too many: give at most {MOST_DAYS_OFF}."
        )
    return working.model_copy(
        update={
            "week": _checked_week(working.week),
            "days_off": tuple(sorted(set(working.days_off))),
            "holidays": working.holidays.upper() if working.holidays else None,
        }
    )


def with_days_off(working: WorkingTime, first: date, last: date) -> WorkingTime:
    """The same hours without the days from `first` to `last`; days off before `first` are dropped.

    Raises:
        InvalidInput: the last day is before the first, or there are too many days.
    """
    if last < first:
        raise InvalidInput(f"{last} is before {first}: give a last day off that is to come.")
    days = {first + timedelta(days=n) for n in range(min((last - first).days, MOST_DAYS_OFF) + 1)}
    to_come = {day for day in working.days_off if day >= first}
    return checked(working.model_copy(update={"days_off": tuple(days | to_come)}))


@lru_cache(maxsize=64)
def holidays_of(code: str) -> HolidayBase:
    """The public holidays of a country or of a part of it: a mapping from dates to their names.

    Raises:
        InvalidInput: the code is not ISO 3166, or its holidays are not known.
    """
    import holidays  # its tables take longer to load than most commands need in all

    country, _, part = code.upper().partition("-")
    known = holidays.list_supported_countries()
    if country not in known or len(country) != 2:
        raise InvalidInput(
            f"The holidays {code!r} are not known: give a country such as US, or a part such as DE-BY."
        )
    codes = [one for one in known[country] if one.isupper() or one.isdigit()]
    if part and part not in codes:
        parts = ", ".join(codes) or "none"
        raise InvalidInput(
            f"The holidays of {country} have no part {part!r}: give {country} alone, or one of {parts}."
        )
    return holidays.country_holidays(country, subdiv=part or None)


def _checked_week(given: tuple[DayHours, ...]) -> tuple[DayHours, ...]:
    if not given:
        raise InvalidInput("The week has no working day: give at least one, such as mon.")
    week = sorted(given, key=lambda one: (one.day, one.start))
    for one in week:
        if one.start >= one.end > time.min:
            raise InvalidInput(
                f"Hours from {one.start:%H:%M} to {one.end:%H:%M} do not end on the same day: "
                "write a night as two parts, until 00:00 and from 00:00 of the next day."
            )
    for one, following in pairwise(week):
        if one.day == following.day and not time.min < one.end <= following.start:
            raise InvalidInput(
                f"Hours from {one.start:%H:%M} and from {following.start:%H:%M} of one day overlap: "
                "write them as one."
            )
    return tuple(week)


def _spans(start: datetime, working: Working) -> Iterator[_Span]:
    """When somebody works, in order and without overlap; the first span ends after `start`."""
    several = working if isinstance(working, tuple) else (working,)
    reached = datetime.min.replace(tzinfo=UTC)
    for opens, closes in merge(*(_spans_of_one(start, one) for one in several)):
        if closes > reached:
            yield max(opens, reached), closes
            reached = closes


def _spans_of_one(start: datetime, working: WorkingTime) -> Iterator[_Span]:
    zone = ZoneInfo(working.timezone)
    # A clock that is put back at midnight shows the day before once more.
    day = start.astimezone(zone).date() - _DAY
    closed = 0
    while closed <= _MOST_CLOSED_DAYS:
        spans = [span for span in _spans_of_day(day, working, zone) if span[1] > start]
        yield from spans
        closed = 0 if spans else closed + 1
        if day >= date.max - 2 * _DAY:
            return
        day += _DAY


def _spans_of_day(day: date, working: WorkingTime, zone: ZoneInfo) -> list[_Span]:
    hours = sorted((item.start, item.end) for item in working.week if item.day == day.weekday())
    if not hours or day in working.days_off:
        return []
    if working.holidays and day in holidays_of(working.holidays):
        return []
    spans = []
    for begins, ends in hours:
        # Midnight as an end is the end of the day.
        last = day if ends > time.min else day + _DAY
        opens = _instant(datetime.combine(day, begins), zone, fold=0)
        closes = _instant(datetime.combine(last, ends), zone, fold=1)
        if opens < closes:
            spans.append((opens, closes))
    return spans


def _instant(shown: datetime, zone: ZoneInfo, fold: int) -> datetime:
    """The instant at which the clock of the zone shows this; of a skipped time, the change itself."""
    instant = shown.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == shown:
        return instant
    before = shown.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = shown.replace(tzinfo=zone, fold=0).astimezone(UTC)
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(microseconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def _closes_at(at: datetime, working: Working) -> bool:
    """Whether somebody's working time ends at this very instant."""
    span = next(_spans(at - timedelta(microseconds=1), working), None)
    return span is not None and span[0] < at


def _nobody(start: datetime) -> InvalidInput:
    return InvalidInput(
        f"Nobody has a working hour in the {_MOST_CLOSED_DAYS} days after {start:%Y-%m-%d}: "
        "set hours with `outrider hours set`."
    )
