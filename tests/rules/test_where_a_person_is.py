"""Where a person is follows from the surest clue; where several places fit, none is guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from outrider.prospects.clues_types import Clues
from outrider.sending.pacing import windows
from outrider.sending.pacing.types import Source
from outrider.sending.pacing.zones import where

WEDNESDAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("clues", "zone", "source"),
    [
        (Clues(timezone="Asia/Tokyo", country="US", phone="+1 303 555 0134"), "Asia/Tokyo", "explicit"),
        (Clues(country="US", account_region="Colorado", phone="+1 212 555 0134"), "America/Denver", "region"),
        (Clues(account_country="US", account_region="co"), "America/Denver", "region"),
        (Clues(account_country="BR", account_region="São Paulo"), "America/Sao_Paulo", "region"),
        (Clues(phone="+1 303 555 0134"), "America/Denver", "phone"),
        (Clues(phone="030 1234567", country="DE"), "Europe/Berlin", "phone"),
        (Clues(country="DE", phone="+1 303 555 0134"), "Europe/Berlin", "country"),
        (Clues(country="GB", account_country="US", account_region="Colorado"), "Europe/London", "country"),
        (Clues(account_country="JP"), "Asia/Tokyo", "country"),
        (Clues(timezone="Mars/Olympus", country="DE"), "Europe/Berlin", "country"),
        (Clues(phone="call me", country="DE"), "Europe/Berlin", "country"),
    ],
)  # fmt: skip
def test_the_surest_clue_that_does_not_contradict_the_country_wins(
    clues: Clues, zone: str, source: str
) -> None:
    place = where(clues)
    assert place.zones[0] == zone
    assert place.source == Source(source)


def test_a_toll_free_number_tells_nothing_of_a_place() -> None:
    assert where(Clues(country="US", phone="+1 800 555 0134")).source is Source.COUNTRY


def test_a_wide_country_without_a_region_gets_the_hours_that_all_its_zones_share() -> None:
    span = windows.recipient_on(where(Clues(country="US")), WEDNESDAY)
    assert span is not None
    east, west = ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")
    assert span[0].astimezone(west).time() == time(9)
    assert span[1].astimezone(east).time() == time(17)


@pytest.mark.parametrize("country", ["US", "CA", "AU", "BR", "RU", "MX", "ID", "CD"])
@pytest.mark.parametrize("day", [WEDNESDAY, date(2026, 7, 8)])
def test_every_wide_country_keeps_two_hours_of_a_working_day(country: str, day: date) -> None:
    span = windows.recipient_on(where(Clues(country=country)), day)
    assert span is not None
    assert span[1] - span[0] >= windows.LEAST_IN_COMMON


def test_nobody_knows_where_a_person_without_clues_is() -> None:
    place = where(Clues())
    assert place.zones == ()
    assert place.source is Source.UNKNOWN


def test_an_explicit_zone_tells_whose_holidays_are_kept() -> None:
    assert where(Clues(timezone="America/Denver")).country == "US"
    assert where(Clues(timezone="Asia/Tokyo")).country == "JP"


def test_every_zone_of_the_table_exists() -> None:
    now = datetime(2026, 3, 4, tzinfo=UTC)
    for code in ("AD", "DE", "KZ", "NZ", "PT", "ZW", "VA", "XK"):
        for name in where(Clues(country=code)).zones:
            assert now.astimezone(ZoneInfo(name)) == now
