"""A cron line is due when its own time zone says so, never missed and never twice when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.agents.cron import last_tick, line_of, next_tick, ticks
from outrider.agents.roster import ROSTER
from outrider.kernel.errors import InvalidInput

NEW_YORK = "America/New_York"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]  # year, month, day, …


def local(line: str, zone: str, after: datetime, until: datetime) -> list[str]:
    """When it is due, as the clock on the wall there shows it."""
    place = ZoneInfo(zone)
    return [f"{at.astimezone(place):%m-%d %H:%M}" for at in ticks([line], zone, after, until)]


@pytest.mark.parametrize(
    ("line", "due"),
    [
        ("30 9 * * 1-5", "2026-03-03T09:30"),
        ("0 */12 * * *", "2026-03-03T00:00"),
        ("*/15 * * * *", "2026-03-02T15:15"),
        ("0 9,13,17 * * *", "2026-03-02T17:00"),
        ("0 7 * * mon", "2026-03-09T07:00"),
        ("0 0 * * 7", "2026-03-08T00:00"),
        ("5-20/5 16 2 MAR *", "2026-03-02T16:05"),
        ("0 0 29 2 *", "2028-02-29T00:00"),
        # Either day is enough when both are said (cron(8)).
        ("0 0 13 * 5", "2026-03-06T00:00"),
        ("50/5 23 * * *", "2026-03-02T23:50"),
    ],
)
def test_the_next_time_is_what_cron_says(line: str, due: str) -> None:
    found = next_tick([line], "UTC", utc(2026, 3, 2, 15, 0))
    assert found is not None
    assert f"{found:%Y-%m-%dT%H:%M}" == due


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("", "five fields"),
        ("@daily", "five fields"),
        ("* * * *", "five fields"),
        ("60 * * * *", "'60' is no minute"),
        ("* 24 * * *", "'24' is no hour"),
        ("* * 0 * *", "'0' is no day of the month"),
        ("* * * 13 *", "'13' is no month"),
        ("* * * * 8", "'8' is no day of the week"),
        ("*/0 * * * *", "'0' is no minute"),
        ("5-1 * * * *", "ends before it begins"),
        ("1,,2 * * * *", "'' is no minute"),
        ("٣ * * * *", "is no minute"),
        ("-1 * * * *", "'' is no minute"),
        ("0 0 30 2 *", "never due"),
        ("0 0 31 apr,jun *", "never due"),
        (f"{'9' * 5000} * * * *", "is no minute"),
    ],
)
def test_what_is_no_cron_line_is_said_in_one_sentence(line: str, word: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        line_of(line)
    assert word in refused.value.message
    assert "\n" not in refused.value.message


def test_every_schedule_of_the_roster_is_one() -> None:
    for spec in ROSTER.values():
        if spec.schedule:
            assert next_tick(spec.schedule, spec.timezone, utc(2026, 3, 2)) is not None


def test_when_clocks_go_forward_a_daily_run_is_not_missed() -> None:
    """On 2026-03-08 in New York there is no 02:30."""
    found = local("30 2 * * *", NEW_YORK, utc(2026, 3, 7), utc(2026, 3, 10))
    assert found == ["03-07 02:30", "03-08 03:00", "03-09 02:30"]


def test_when_clocks_go_back_a_daily_run_is_not_done_twice() -> None:
    """On 2026-11-01 in New York there are two 01:30."""
    found = list(ticks(["30 1 * * *"], NEW_YORK, utc(2026, 10, 31, 12), utc(2026, 11, 2, 12)))
    assert found == [utc(2026, 11, 1, 5, 30), utc(2026, 11, 2, 6, 30)]


def test_an_hourly_run_is_due_every_hour_that_passes() -> None:
    for night in (utc(2026, 3, 8, 4), utc(2026, 11, 1, 3)):
        found = list(ticks(["0 * * * *"], NEW_YORK, night, night + timedelta(hours=6)))
        assert found == [night + timedelta(hours=n) for n in range(1, 7)]


def test_a_gap_of_half_an_hour_is_one_too() -> None:
    """On Lord Howe clocks go from 02:00 to 02:30."""
    place = "Australia/Lord_Howe"
    found = local("15 2 * * *", place, utc(2026, 10, 3, 0), utc(2026, 10, 4, 20))
    assert found == ["10-04 02:30", "10-05 02:15"]


def test_two_lines_that_meet_are_one_tick() -> None:
    found = list(ticks(["0 9 * * *", "0 9,13 * * *"], "UTC", utc(2026, 3, 2), utc(2026, 3, 3)))
    assert found == [utc(2026, 3, 2, 9), utc(2026, 3, 2, 13)]


def test_the_latest_tick_stands_for_those_before_it() -> None:
    found = last_tick(["0 9 * * *"], "UTC", utc(2026, 3, 2, 9), utc(2026, 3, 6, 10))
    assert found == (utc(2026, 3, 6, 9), 3)
    assert last_tick(["0 9 * * *"], "UTC", utc(2026, 3, 2, 9), utc(2026, 3, 3, 8)) is None


LINES = st.sampled_from(["30 1 * * *", "30 2 * * *", "*/20 * * * *", "0 3 * * 0", "59 23 31 12 *"])
ZONES = st.sampled_from([NEW_YORK, "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(lambda n: utc(2025, 1, 1) + timedelta(minutes=n))


@given(LINES, ZONES, MOMENTS, st.integers(1, 14 * 24 * 60), st.integers(1, 14 * 24 * 60))
def test_looking_often_and_looking_rarely_find_the_same(
    line: str, zone: str, start: datetime, first: int, second: int
) -> None:
    middle = start + timedelta(minutes=first)
    end = middle + timedelta(minutes=second)
    whole = list(ticks([line], zone, start, end))
    assert whole == sorted(set(whole))
    assert whole == [*ticks([line], zone, start, middle), *ticks([line], zone, middle, end)]
    assert all(start < at <= end for at in whole)


@given(ZONES, MOMENTS)
def test_a_daily_run_comes_once_on_every_day_of_the_wall_clock(zone: str, start: datetime) -> None:
    place = ZoneInfo(zone)
    found = list(ticks(["30 2 * * *"], zone, start, start + timedelta(days=30)))
    days = [at.astimezone(place).date() for at in found]
    assert len(set(days)) == len(days)
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    assert len(days) in (29, 30, 31)
