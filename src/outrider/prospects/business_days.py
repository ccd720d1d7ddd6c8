"""Business days: Monday to Friday without the public holidays of a country.

In: instants, a count of days, a country. Out: instants, counts. Never: a row, the present, a guess:
a country that nobody knows has weekends and no holidays.

The calendar is that of the instant's own zone. Holidays come from the library `holidays` (public
ones of the whole country); it is read when a country is first asked for, because it is large.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime, timedelta
from functools import lru_cache

_SATURDAY = 5
_DAY = timedelta(days=1)


def is_business_day(day: date, country: str | None = None) -> bool:
    """Whether people in the country work on this day."""
    return day.weekday() < _SATURDAY and day not in _holidays(_code(country), day.year)


def add_business_days(start: datetime, days: int, country: str | None = None) -> datetime:
    """`start` moved by `days` business days, at the same time of day.

    A start on a day off counts as the business day before, so that one business day after a Sunday is
    Monday; with zero days it becomes the next business day itself.

    Args:
        start: an instant; the calendar is that of its own zone.
        days: how many, 0 or more.
        country: ISO 3166-1 alpha-2; None or an unknown one has weekends only.

    Raises:
        ValueError: `days` is negative.
    """
    if days < 0:
        raise ValueError(f"days is {days}; business days are counted forward only")
    moved = start
    if days == 0:
        while not is_business_day(moved.date(), country):
            moved += _DAY
        return moved
    left = days
    while left:
        moved += _DAY
        left -= is_business_day(moved.date(), country)
    return moved


def _code(country: str | None) -> str:
    return (country or "").strip().upper()


@lru_cache(maxsize=1024)
def _holidays(code: str, year: int) -> Container[date]:
    if len(code) != len("US"):
        return frozenset()
    import holidays

    try:
        return frozenset(holidays.country_holidays(code, years=year))
    except NotImplementedError:  # the library's word for a country that it does not know
        return frozenset()
