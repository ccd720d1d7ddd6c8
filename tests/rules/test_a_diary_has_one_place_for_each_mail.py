"""A mailbox's diary keeps cap, gap and hours for thousands of mails, and does so fast."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from time import process_time
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from outrider.prospects.clues_types import Clues
from outrider.sending.pacing.diary import Diary, reason
from outrider.sending.pacing.types import Entry, PaceFacts, Place, Terms, Why
from outrider.sending.pacing.zones import where
from outrider.sending.types import DayPlan, MailboxId, Pacing

BOX = MailboxId(UUID(int=7))
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
PLACES = [where(Clues(country=code)) for code in ("US", "DE", "GB", "JP", "AU", "CA")]


def terms(cap: int = 40, gap: int = 90) -> Terms:
    day = DayPlan(timezone="America/New_York")
    return Terms(BOX, "sam@try.example", Pacing(day=day, min_gap_seconds=gap), cap)


@given(
    wanted=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 72)), min_size=1, max_size=150),
    cap=st.integers(1, 12),
    gap=st.sampled_from([0, 1, 90, 1800]),
)
def test_whatever_is_planned_keeps_cap_and_gap(
    wanted: list[tuple[int, int]], cap: int, gap: int
) -> None:
    diary = Diary(terms(cap, gap), NOW)
    times = []
    for number, (place, hours) in enumerate(wanted):
        earliest = NOW + timedelta(hours=hours)
        at = diary.add(UUID(int=number), PLACES[place], earliest)
        assert at is not None
        assert at >= earliest
        times.append(at)
    days = Counter(at.astimezone(ZONE).date() for at in times)
    assert max(days.values()) <= cap
    for before, after in pairwise(sorted(times)):
        assert after - before >= timedelta(seconds=gap)


def test_a_mail_for_a_closer_window_slips_in_before_one_that_waits() -> None:
    diary = Diary(terms(), NOW)
    late = diary.add(UUID(int=1), PLACES[0])
    soon = diary.add(UUID(int=2), PLACES[1])
    assert late is not None
    assert soon is not None
    assert soon < late


def test_mails_that_are_overdue_and_those_that_left_take_their_room() -> None:
    left = Entry(UUID(int=1), NOW - timedelta(seconds=10), has_left=True)
    overdue = Entry(UUID(int=2), NOW - timedelta(days=3))
    diary = Diary(terms(cap=3), NOW, [left, overdue])
    third, fourth = (diary.add(UUID(int=n), PLACES[1]) for n in (3, 4))
    assert third is not None
    assert fourth is not None
    assert third >= NOW + timedelta(seconds=2 * 90 - 10)
    assert fourth.astimezone(ZONE).date() > NOW.date()


def test_a_cap_of_nothing_gives_no_time_at_all() -> None:
    assert Diary(terms(cap=0), NOW).add(UUID(int=1), PLACES[0]) is None


def test_the_reason_is_what_the_mail_waits_for_longest() -> None:
    diary, whys = Diary(terms(cap=2), NOW), []
    for number in range(3):
        mail = UUID(int=number)
        at = diary.add(mail, PLACES[1])
        wait = reason(PaceFacts(terms(cap=2), mail, PLACES[1]), at, NOW)
        whys.append(wait.why if wait else None)
    assert whys == [None, Why.GAP, Why.CAP]


def test_ten_thousand_mails_of_one_mailbox_are_planned_in_seconds() -> None:
    diary, began = Diary(terms(), NOW), process_time()
    times = [diary.add(UUID(int=n), PLACES[n % len(PLACES)]) for n in range(10_000)]
    assert process_time() - began < 45  # about two seconds on an idle core
    assert len({at for at in times if at}) == 10_000
    lunch = [at for at in times if at and time(12) <= at.astimezone(ZONE).time() < time(13)]
    assert all(place_never_meets(at) for at in lunch)


def place_never_meets(at: datetime) -> bool:
    """At lunch in New York only those are written to who never work when New York does."""
    sydney = at.astimezone(ZoneInfo("Australia/Sydney")).time()
    tokyo = at.astimezone(ZoneInfo("Asia/Tokyo")).time()
    return time(9) <= sydney < time(17) or time(9) <= tokyo < time(17)


def test_the_same_diary_is_written_twice_the_same() -> None:
    one, other = (
        [Diary(terms(), NOW).add(UUID(int=n), Place()) for n in range(50)] for _ in range(2)
    )
    assert one == other
