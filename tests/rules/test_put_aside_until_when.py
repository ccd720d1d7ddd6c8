"""What people type to put a draft aside means one instant, in their own hours."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from outrider.drafts.review.snooze import instant
from outrider.drafts.review.types import DayHours, WorkingTime
from outrider.kernel.errors import InvalidInput

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
UTC_HOURS = WorkingTime()
BERLIN = WorkingTime(
    timezone="Europe/Berlin",
    week=tuple(DayHours(day=day, start=time(8, 30), end=time(17)) for day in range(5)),
)

MEANT = [
    ("2h", UTC_HOURS, "2026-03-02T17:00+00:00"),
    ("90 min", UTC_HOURS, "2026-03-02T16:30+00:00"),
    ("3 days", UTC_HOURS, "2026-03-05T15:00+00:00"),
    ("1w", UTC_HOURS, "2026-03-09T15:00+00:00"),
    ("tomorrow", UTC_HOURS, "2026-03-03T09:00+00:00"),
    (" Tomorrow ", BERLIN, "2026-03-03T07:30+00:00"),
    ("monday", UTC_HOURS, "2026-03-09T09:00+00:00"),
    ("tue", BERLIN, "2026-03-03T07:30+00:00"),
    ("2026-03-05", BERLIN, "2026-03-05T07:30+00:00"),
    ("2026-03-07", BERLIN, "2026-03-07T08:00+00:00"),
    ("2026-03-30", BERLIN, "2026-03-30T06:30+00:00"),
    ("2026-03-05T14:00", BERLIN, "2026-03-05T13:00+00:00"),
    ("2026-03-05T14:00+00:00", BERLIN, "2026-03-05T14:00+00:00"),
]


@pytest.mark.parametrize(("said", "works", "means"), MEANT)
def test_what_is_said_means_one_instant(said: str, works: WorkingTime, means: str) -> None:
    assert instant(said, MONDAY, works) == datetime.fromisoformat(means)


@pytest.mark.parametrize("said", ["", "later", "2026-02-30", "-2h", "2 moons", "99999h", "14:00"])
def test_what_names_no_instant_gets_one_sentence(said: str) -> None:
    with pytest.raises(InvalidInput, match="is no time to put a draft aside until: write 2h"):
        instant(said, MONDAY, UTC_HOURS)
