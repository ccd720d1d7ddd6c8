"""Ids carry their instant and sort by it, the virtual clock obeys, money never mixes currencies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.kernel.clock import VirtualClock
from outrider.kernel.ids import new_id
from outrider.kernel.money import Money

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@given(st.timedeltas(timedelta(days=-20_000), timedelta(days=60_000)))
def test_an_id_is_a_version_7_uuid_of_its_millisecond(since: timedelta) -> None:
    now = START + since
    id_ = new_id(now)
    assert id_.version == 7
    assert id_.variant == "specified in RFC 4122"
    assert id_.int >> 80 == int(now.timestamp() * 1000)


def test_ids_sort_by_their_instant_and_never_repeat() -> None:
    ids = [new_id(START + timedelta(milliseconds=step)) for step in range(500)]
    assert ids == sorted(ids)
    assert len({new_id(START) for _ in range(10_000)}) == 10_000


async def test_the_virtual_clock_moves_only_when_told() -> None:
    clock = VirtualClock(START)
    assert clock.now() == clock.now() == START
    await clock.sleep(timedelta(days=3))
    assert clock.now() == START + timedelta(days=3)
    assert clock.advance(timedelta(hours=1)) == clock.now()


def test_a_virtual_clock_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        VirtualClock(START.replace(tzinfo=None))


def test_money_adds_within_a_currency_only() -> None:
    dollars = Money(amount=Decimal("0.10"))
    assert dollars + dollars == Money(amount=Decimal("0.20"), currency="USD")
    with pytest.raises(ValueError, match="EUR"):
        _ = dollars + Money(amount=Decimal(1), currency="EUR")
    with pytest.raises(ValueError, match="currency"):
        Money(amount=Decimal(1), currency="usd")
