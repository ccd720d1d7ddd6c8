"""Business time is what a clock on the wall shows, in every zone, on every day of the year."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from outrider.drafts.review.hours import (
    Working,
    add_business_time,
    business_time_between,
    checked,
    falls_due,
    is_open,
    next_opening,
    with_days_off,
)
from outrider.drafts.review.types import Counts, DayHours, WorkingTime
from outrider.kernel.errors import InvalidInput
from tests.soak import trials

# With a change of half an hour, one at midnight, one that puts the clock back to the day before.
ZONES = (
    "UTC",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Pacific/Auckland",
)
NEW_YORK = ZoneInfo("America/New_York")
OFFICE = WorkingTime(timezone="America/New_York")
MINUTE = timedelta(minutes=1)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[DayHours, ...]:
    days = draw(st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True))
    found = []
    for day in days:
        count = draw(st.sampled_from((2, 2, 4)))
        at = st.integers(0, 24 * 60).filter(lambda minute: minute % 5 == 0)
        cuts = sorted(draw(st.lists(at, min_size=count, max_size=count, unique=True)))
        for start, end in zip(cuts[::2], cuts[1::2], strict=True):
            found.append(DayHours(day=day, start=_time(start), end=_time(end % (24 * 60))))
    return tuple(found)


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)


@st.composite
def times(draw: st.DrawFn) -> WorkingTime:
    first = date(2026, 1, 1)
    return checked(
        WorkingTime(
            timezone=draw(st.sampled_from(ZONES)),
            week=draw(weeks()),
            days_off=tuple(
                first + timedelta(days=n) for n in draw(st.lists(st.integers(0, 364), max_size=5))
            ),
        )
    )


# About half of the starts lie within two days of a change of the clocks somewhere.
CHANGES = [
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 4, 5, 3, tzinfo=UTC),
    datetime(2026, 4, 23, 22, tzinfo=UTC),
    datetime(2026, 9, 6, 4, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 10, 29, 21, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
]
instants = st.one_of(
    st.integers(0, 365 * 24 * 60).map(lambda m: datetime(2026, 1, 1, tzinfo=UTC) + m * MINUTE),
    st.tuples(st.sampled_from(CHANGES), st.integers(-2880, 2880)).map(
        lambda c: c[0] + c[1] * MINUTE
    ),
)
amounts = st.integers(0, 60 * 60).map(lambda minutes: minutes * MINUTE)
workings: st.SearchStrategy[Working] = st.one_of(
    times(), st.lists(times(), min_size=1, max_size=3).map(tuple)
)


def open_minutes(day: date, working: WorkingTime) -> set[datetime]:
    """The same by counting: every minute of the day that the clock of the zone shows as work.

    A span runs from the first minute that shows its start or later to the last before its end.
    """
    zone = ZoneInfo(working.timezone)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    around = [noon + n * MINUTE for n in range(-2160, 2160)]
    shown = [(at, at.astimezone(zone).replace(tzinfo=None)) for at in around]
    found: set[datetime] = set()
    for hours in working.week:
        if hours.day != day.weekday() or day in working.days_off:
            continue
        start = datetime.combine(day, hours.start)
        end = datetime.combine(day, hours.end) + timedelta(days=hours.end == time.min)
        first = next(i for i, (_, wall) in enumerate(shown) if wall >= start)
        last = max(i for i, (_, wall) in enumerate(shown) if wall < end)
        found |= {at for at, _ in shown[first : last + 1]}
    return found


@pytest.mark.soak
@given(workings, instants, st.integers(0, 3 * 24 * 60))
@examples(max_examples=trials(150, otherwise=40))
def test_the_time_between_two_instants_is_what_counting_the_minutes_gives(
    working: Working, start: datetime, length: int
) -> None:
    several = working if isinstance(working, tuple) else (working,)
    end = start + length * MINUTE
    days = [start.date() + timedelta(days=n) for n in range(-1, (end - start).days + 3)]
    counted = set().union(*(open_minutes(day, one) for day in days for one in several))
    inside = {at for at in counted if start <= at < end}
    assert business_time_between(start, end, working) == len(inside) * MINUTE
    assert is_open(start, working) == (start in counted)


@given(workings, instants, amounts)
def test_adding_time_and_measuring_it_give_the_same(
    working: Working, start: datetime, amount: timedelta
) -> None:
    end = add_business_time(start, amount, working)
    assert business_time_between(start, end, working) == amount
    if amount:
        # And not an instant sooner.
        assert business_time_between(start, end - timedelta(microseconds=1), working) < amount


@given(workings, instants, amounts, amounts)
def test_two_amounts_after_each_other_are_their_sum(
    working: Working, start: datetime, one: timedelta, two: timedelta
) -> None:
    by_steps = add_business_time(add_business_time(start, one, working), two, working)
    assert by_steps == add_business_time(start, one + two, working)


@given(workings, instants, amounts, st.integers(0, 10_000), st.integers(0, 10_000))
def test_who_starts_later_or_needs_longer_is_never_earlier(
    working: Working, start: datetime, amount: timedelta, wait: int, more: int
) -> None:
    due = add_business_time(start, amount, working)
    assert add_business_time(start + wait * MINUTE, amount, working) >= due
    assert add_business_time(start, amount + more * MINUTE, working) >= due
    assert due >= start


@given(workings, instants, amounts, st.sampled_from(Counts))
def test_nothing_falls_due_outside_of_hours(
    working: Working, start: datetime, amount: timedelta, counts: Counts
) -> None:
    due = falls_due(start, amount, working, counts)
    a_moment_before = due - timedelta(microseconds=1)
    assert is_open(due, working) or is_open(a_moment_before, working)


@given(workings, instants)
def test_the_next_opening_is_the_first_one(working: Working, start: datetime) -> None:
    opening = next_opening(start, working)
    assert is_open(opening, working)
    assert business_time_between(start, opening, working) == timedelta(0)
    assert (opening == start) == is_open(start, working)


def test_four_hours_from_friday_evening_end_on_monday_by_either_way_of_counting() -> None:
    friday = datetime(2026, 3, 6, 18, tzinfo=NEW_YORK)
    four = timedelta(hours=4)
    business = falls_due(friday, four, OFFICE, Counts.BUSINESS).astimezone(NEW_YORK)
    elapsed = falls_due(friday, four, OFFICE, Counts.ELAPSED).astimezone(NEW_YORK)
    # The clocks go forward on the Sunday between.
    assert business == datetime(2026, 3, 9, 13, tzinfo=NEW_YORK)
    assert elapsed == datetime(2026, 3, 9, 9, tzinfo=NEW_YORK)


def test_time_that_ends_with_the_day_ends_that_day() -> None:
    friday = datetime(2026, 3, 6, 13, tzinfo=NEW_YORK)
    due = add_business_time(friday, timedelta(hours=4), OFFICE)
    assert due == datetime(2026, 3, 6, 17, tzinfo=NEW_YORK)
    later = add_business_time(friday, timedelta(hours=4, microseconds=1), OFFICE)
    assert later.astimezone(NEW_YORK).date() == date(2026, 3, 9)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 6, 7), 24)]
)
def test_a_day_is_as_long_as_the_clock_makes_it(day: date, hours: int) -> None:
    always = WorkingTime(
        timezone="America/New_York",
        week=tuple(DayHours(day=n, start=time.min, end=time.min) for n in range(7)),
    )
    start = datetime.combine(day, time.min, NEW_YORK).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time.min, NEW_YORK).astimezone(UTC)
    assert business_time_between(start, end, always) == timedelta(hours=hours)


def test_an_hour_that_the_clock_skips_is_not_worked() -> None:
    night = WorkingTime(
        timezone="America/New_York",
        week=(DayHours(day=6, start=time(1, 30), end=time(2, 30)),),
    )
    start = datetime(2026, 3, 8, tzinfo=NEW_YORK)
    worked = business_time_between(start, start + timedelta(days=1), night)
    assert worked == timedelta(minutes=30)


def test_public_holidays_are_closed_where_they_are_kept() -> None:
    thursday = datetime(2026, 1, 15, 16, tzinfo=NEW_YORK)
    in_us = OFFICE.model_copy(update={"holidays": "US"})
    # 19 January 2026 is Martin Luther King Jr. Day.
    assert next_opening(thursday + timedelta(days=2), in_us).astimezone(NEW_YORK).day == 20
    assert next_opening(thursday + timedelta(days=2), OFFICE).astimezone(NEW_YORK).day == 19
    berlin = WorkingTime(timezone="Europe/Berlin", holidays="DE-BE")
    munich = WorkingTime(timezone="Europe/Berlin", holidays="de-by")
    epiphany = datetime(2026, 1, 6, 10, tzinfo=ZoneInfo("Europe/Berlin"))
    assert is_open(epiphany, berlin)
    assert not is_open(epiphany, checked(munich))


def test_of_several_people_somebody_is_enough() -> None:
    tokyo = WorkingTime(timezone="Asia/Tokyo")
    start = datetime(2026, 3, 2, 18, tzinfo=NEW_YORK)
    alone = add_business_time(start, timedelta(hours=4), OFFICE)
    together = add_business_time(start, timedelta(hours=4), (OFFICE, tokyo))
    assert alone == datetime(2026, 3, 3, 13, tzinfo=NEW_YORK)
    # Tokyo opens at 19:00 in New York.
    assert together == datetime(2026, 3, 2, 23, tzinfo=NEW_YORK)


def test_who_never_works_gets_a_sentence_and_no_endless_search() -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    for nobody in (WorkingTime(week=()), ()):
        with pytest.raises(InvalidInput, match="Nobody has a working hour in the 400 days"):
            add_business_time(start, timedelta(hours=1), nobody)
        assert not is_open(start, nobody)
        assert business_time_between(start, start + timedelta(days=9), nobody) == timedelta(0)


@pytest.mark.parametrize("amount", [timedelta(seconds=-1), timedelta(days=367), timedelta.max])
def test_an_amount_that_makes_no_sense_is_refused(amount: timedelta) -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    for counts in Counts:
        with pytest.raises(InvalidInput, match="between nothing and 366 days"):
            falls_due(start, amount, OFFICE, counts)


NINE, FIVE = time(9), time(17)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"timezone": "Mars/Olympus"}, "no time zone 'Mars/Olympus'"),
        ({"timezone": "../etc/passwd"}, "no time zone"),
        ({"timezone": ""}, "no time zone"),
        ({"holidays": "XX"}, "holidays 'XX' are not known"),
        ({"holidays": "DE-ZZ"}, "have no part 'ZZ'.*DE alone, or one of BB, BE"),
        ({"week": ()}, "has no working day"),
        ({"week": (DayHours(day=0, start=FIVE, end=NINE),)}, "do not end on the same day"),
        ({"week": (DayHours(day=0, start=NINE, end=NINE),)}, "do not end on the same day"),
        (
            {
                "week": (
                    DayHours(day=1, start=NINE, end=FIVE),
                    DayHours(day=1, start=time(16), end=time(20)),
                )
            },
            "overlap",
        ),
        (
            {
                "week": (
                    DayHours(day=1, start=NINE, end=time.min),
                    DayHours(day=1, start=time(16), end=time(20)),
                )
            },
            "overlap",
        ),
        (
            {"days_off": tuple(date(2026, 1, 1) + timedelta(days=n) for n in range(400))},
            "400 days off are too many",
        ),
    ],
)
def test_hours_that_cannot_be_used_get_one_sentence(
    changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        checked(WorkingTime().model_copy(update=changes))


def test_days_away_are_added_and_old_ones_go() -> None:
    works = WorkingTime(days_off=(date(2025, 12, 24), date(2026, 5, 1)))
    away = with_days_off(works, date(2026, 4, 29), date(2026, 5, 2))
    assert away.days_off == tuple(date(2026, 4, 29) + timedelta(days=n) for n in range(4))
    with pytest.raises(InvalidInput, match="is before"):
        with_days_off(works, date(2026, 4, 29), date(2026, 4, 28))
