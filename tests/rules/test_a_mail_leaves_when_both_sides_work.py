"""The times that pacing gives: within both sides' hours, whatever the clocks do that day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.prospects.clues_types import Clues
from outrider.sending.pacing import rules, windows
from outrider.sending.pacing.types import PaceFacts, Place, Source, Terms, Wait, Why
from outrider.sending.pacing.zones import where
from outrider.sending.types import DayPlan, MailboxId, Pacing

BOX = MailboxId(UUID(int=7))
MAIL = UUID(int=99)
BOSTON = DayPlan(timezone="America/New_York")
DENVER = Place(("America/Denver",), Source.EXPLICIT, "US", "CO")
# Monday, 10:00 in Boston, 8:00 in Denver.
MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)

ZONES = st.sampled_from(
    ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo",
     "America/Santiago", "Pacific/Apia", "America/St_Johns", "UTC"]
)  # fmt: skip
CHANGES = [
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("America/Santiago", date(2026, 9, 6)),
]


def terms(pacing: Pacing | None = None, cap: int = 40, factor: str = "1") -> Terms:
    return Terms(BOX, "sam@try.example", pacing or Pacing(day=BOSTON), cap, Decimal(factor))


def facts(place: Place = DENVER, **more: object) -> PaceFacts:
    return PaceFacts(terms(), MAIL, place, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("zone", "day"), CHANGES)
@given(minutes=st.tuples(st.integers(0, 1438), st.integers(1, 1439)))
def test_no_instant_of_a_window_shows_another_hour_when_the_clocks_change(
    zone: str, day: date, minutes: tuple[int, int]
) -> None:
    start, end = (time(one // 60, one % 60) for one in sorted(minutes))
    span = windows.hours_on(zone, day, start, end)
    if span is None:
        return
    steps = int((span[1] - span[0]) / timedelta(minutes=7))
    moments = [span[0] + n * timedelta(minutes=7) for n in range(steps + 1)]
    for at in [one for one in moments if one < span[1]] + [span[1] - timedelta(microseconds=1)]:
        local = at.astimezone(ZoneInfo(zone))
        assert local.date() == day
        assert start <= local.time() < end


@given(
    zone=ZONES,
    theirs=ZONES,
    minutes=st.integers(0, 2 * 365 * 24 * 60),
    jitter=st.integers(0, 3600),
)
def test_the_time_that_is_found_is_one_at_which_the_mail_may_go(
    zone: str, theirs: str, minutes: int, jitter: int
) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    pacing = Pacing(day=DayPlan(timezone=zone, jitter_seconds=jitter))
    one = PaceFacts(terms(pacing), MAIL, Place((theirs,), Source.EXPLICIT, None))
    at = rules.next_time(one, now)
    assert at >= now
    assert rules.may_go_now(one, at) is None
    wait = rules.may_go_now(one, now)
    if wait is not None:
        assert wait.until == at > now


def test_a_mail_waits_for_the_recipient_and_says_so() -> None:
    wait = rules.may_go_now(facts(), MONDAY)
    assert wait is not None
    assert wait.why is Why.RECIPIENT
    local = wait.until.astimezone(ZoneInfo("America/Denver"))
    assert local.date() == date(2026, 3, 2)
    assert time(9) <= local.time() <= time(9, 2)
    assert wait.reason == f"waits for Mon {local:%H:%M} in Denver: outside of the recipient's hours"


def test_a_mailbox_at_lunch_writes_to_nobody() -> None:
    noon = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
    wait = rules.may_go_now(facts(), noon)
    assert wait is not None
    assert wait.why is Why.MAILBOX
    assert wait.until >= noon + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("country", "day"),
    [("US", date(2026, 7, 3)), ("JP", date(2026, 3, 20)), ("DE", date(2026, 12, 25))],
)
def test_a_public_holiday_of_the_recipient_is_a_day_off(country: str, day: date) -> None:
    place = where(Clues(country=country))
    assert windows.recipient_on(place, day) is None
    assert windows.recipient_on(place, day - timedelta(days=1)) is not None


def test_a_country_that_rests_on_friday_works_on_sunday() -> None:
    place = where(Clues(country="SA"))
    assert windows.recipient_on(place, date(2026, 3, 6)) is None
    assert windows.recipient_on(place, date(2026, 3, 8)) is not None


def test_hours_that_never_meet_leave_the_recipient_their_own() -> None:
    tokyo = Place(("Asia/Tokyo",), Source.EXPLICIT, "JP")
    at = rules.next_time(facts(tokyo), MONDAY).astimezone(ZoneInfo("Asia/Tokyo"))
    assert at.date() == date(2026, 3, 3)
    assert time(9) <= at.time() < time(17)


def test_somebody_of_whom_nothing_is_known_has_the_hours_of_the_mailbox() -> None:
    sunday = datetime(2026, 3, 1, 15, tzinfo=UTC)
    wait = rules.may_go_now(facts(Place()), sunday)
    assert wait is not None
    assert wait.until.astimezone(ZoneInfo("America/New_York")).date() == date(2026, 3, 2)


def test_a_cap_of_nothing_lets_nothing_leave_and_finds_no_time() -> None:
    one = PaceFacts(terms(cap=0), MAIL, DENVER)
    wait = rules.may_go_now(one, MONDAY)
    assert wait is not None
    assert wait.why is Why.CAP
    assert "finds no time" in wait.reason
    assert "may send no mail" in wait.reason


def test_a_full_day_goes_on_tomorrow() -> None:
    after_lunch = datetime(2026, 3, 2, 19, tzinfo=UTC)
    wait = rules.may_go_now(facts(used_today=40), after_lunch)
    assert wait is not None
    assert wait.why is Why.CAP
    assert wait.until.astimezone(ZoneInfo("America/New_York")).date() == date(2026, 3, 3)


def test_a_poor_health_takes_from_the_cap_and_stretches_the_gap() -> None:
    half = terms(factor="0.5")
    assert rules.cap_on(half, date(2026, 3, 2)) == 20
    assert rules.least_gap(half) == 2 * rules.least_gap(terms())


@pytest.mark.parametrize(
    ("day", "mails"),
    [(date(2026, 3, 1), 0), (date(2026, 3, 2), 10), (date(2026, 3, 8), 10), (date(2026, 3, 9), 20),
     (date(2026, 3, 30), 40), (date(2027, 3, 30), 40)],
)  # fmt: skip
def test_a_new_mailbox_grows_by_its_ramp_and_stays_below_its_cap(day: date, mails: int) -> None:
    new = terms(Pacing(day=BOSTON, ramp="weekly", ramp_started_on=date(2026, 3, 2)))
    assert rules.cap_on(new, day) == mails


def test_a_batch_that_is_judged_at_once_goes_one_by_one() -> None:
    after_lunch = datetime(2026, 3, 2, 19, tzinfo=UTC)
    batch = rules.in_turn(
        [PaceFacts(terms(cap=3), UUID(int=n), DENVER, used_today=1) for n in range(1, 5)],
        after_lunch,
    )
    waits = [rules.may_go_now(one, after_lunch) for one in batch]
    assert waits[0] is None
    assert isinstance(waits[1], Wait)
    assert timedelta(seconds=90) <= waits[1].until - after_lunch <= timedelta(seconds=180)
    # The cap of three has room for two: the others wait for tomorrow.
    assert [wait.why for wait in waits[2:] if wait] == [Why.CAP, Why.CAP]


def test_without_a_pace_everything_may_go_at_any_time() -> None:
    free = Terms(BOX, "sam@try.example", None, 0)
    assert rules.may_go_now(PaceFacts(free, MAIL), datetime(2026, 3, 1, 3, tzinfo=UTC)) is None


@given(st.uuids(), st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(0, 3600))
def test_jitter_is_the_same_every_time_and_never_more_than_asked(
    mail: UUID, day: date, most: int
) -> None:
    first = windows.jitter(most, str(mail), day, "gap")
    assert first == windows.jitter(most, str(mail), day, "gap")
    assert timedelta() <= first <= timedelta(seconds=most)
