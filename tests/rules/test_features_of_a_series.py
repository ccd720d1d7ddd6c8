"""The place of a mail in its series: follow-up index, cadence, business days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from outrider.campaigns.features import Dated, bucket_of, placed, series_of, variation
from outrider.campaigns.rules import add_business_days, business_days_between
from outrider.campaigns.types import CadenceBucket, ParsedMail, Shape

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def dated(number: int, days: int | None, series: str = "a") -> Dated:
    at = None if days is None else MONDAY + timedelta(days=days)
    return Dated(UUID(int=number), series, at)


def mail(name: str, sender: str, to: str, thread: str, **metadata: str) -> ParsedMail:
    return ParsedMail(
        message_id=None,
        thread_id=thread,
        from_name=name,
        from_address=sender,
        to_name="",
        to_address=to,
        subject="x",
        text="x",
        sent_at=None,
        sent_offset_minutes=None,
        shape=Shape(),
        metadata={key.replace("_", "-"): value for key, value in metadata.items()},
    )


def test_the_order_of_arrival_does_not_matter() -> None:
    mails = [dated(1, 0), dated(2, 3), dated(3, 8), dated(4, 0, "b")]
    expected = sorted(placed(mails), key=lambda place: place.email_id)
    for order in permutations(mails):
        assert sorted(placed(order), key=lambda place: place.email_id) == expected
    assert [place.index for place in expected] == [0, 1, 2, 0]
    assert [place.gap_business_days for place in expected] == [None, 3, 3, None]


def test_a_long_silence_begins_a_new_series() -> None:
    places = list(placed([dated(1, 0), dated(2, 46), dated(3, 50)]))
    assert [place.index for place in places] == [0, 0, 1]


def test_a_mail_without_a_date_counts_as_a_first_one() -> None:
    places = {
        place.email_id.int: place for place in placed([dated(1, 0), dated(2, None), dated(3, 2)])
    }
    assert (places[2].index, places[2].bucket) == (0, CadenceBucket.FIRST)
    assert places[3].index == 1


@pytest.mark.parametrize(
    ("days", "bucket"),
    [(0, "same_day"), (1, "1_day"), (2, "2_3_days"), (3, "2_3_days"), (4, "4_days"),
     (5, "5_7_days"), (7, "5_7_days"), (8, "longer")],
)  # fmt: skip
def test_the_bucket_counts_calendar_days(days: int, bucket: str) -> None:
    assert bucket_of(MONDAY, MONDAY + timedelta(days=days)) == bucket


def test_a_follow_up_in_a_new_thread_belongs_to_the_same_series() -> None:
    first = mail("Sam", "sam@brand.example", "jane@acme.example", "1")
    second = mail("Sam", "sam@brand.example", "jane@acme.example", "2")
    other = mail("Sam", "sam@brand.example", "tom@acme.example", "1")
    keys = [series_of(m, bulk=False, is_reply=False) for m in (first, second, other)]
    assert keys[0] == keys[1]
    assert keys[0] != keys[2]


def test_a_newsletter_with_a_new_address_each_time_is_one_series() -> None:
    issues = [mail("Daily News", f"x.{n}@news.example", "me@home.example", str(n)) for n in (1, 2)]
    other = mail("Weekly News", "x.3@news.example", "me@home.example", "3")
    keys = [series_of(m, bulk=True, is_reply=False) for m in (*issues, other)]
    assert keys[0] == keys[1]
    assert keys[0] != keys[2]


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-03-02", 0, "2026-03-02"),
        ("2026-03-02", 3, "2026-03-05"),
        ("2026-03-06", 1, "2026-03-09"),
        ("2026-03-06", 5, "2026-03-13"),
        ("2026-03-07", 1, "2026-03-09"),
        ("2026-03-08", 0, "2026-03-09"),
        ("2026-03-08", 4, "2026-03-12"),
    ],
)
def test_business_days_pass_over_weekends(start: str, days: int, expected: str) -> None:
    moved = add_business_days(datetime.fromisoformat(f"{start}T16:45:00+00:00"), days)
    assert moved == datetime.fromisoformat(f"{expected}T16:45:00+00:00")


def test_counting_and_adding_business_days_agree() -> None:
    for offset in range(14):
        start = MONDAY + timedelta(days=offset)
        for days in range(1, 12):
            assert business_days_between(start, add_business_days(start, days)) == days


def test_business_days_are_not_counted_backwards() -> None:
    assert business_days_between(MONDAY + timedelta(days=3), MONDAY) == 0
    with pytest.raises(ValueError, match="forward"):
        add_business_days(MONDAY, -1)


def test_the_same_words_again_have_no_variation() -> None:
    assert variation(["one two three", "one two three"]) == 0.0
    assert variation(["one two", "three four"]) == 1.0
    assert variation(["alone"]) == 1.0
