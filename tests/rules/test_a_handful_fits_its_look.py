"""How many mails are looked at together, and who is at work meanwhile."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from outrider.sending.turns import Pace, Turns

FRESH = timedelta(milliseconds=250)
MOST = 400


def flown(pace: Pace, look: float, each: float) -> int:
    """One handful of a wire that takes `each` seconds a mail; how many went in time."""
    size = pace.size
    in_time = 1 + int((FRESH.total_seconds() - look) / each) if look < FRESH.total_seconds() else 1
    went = min(size, in_time)
    pace.learn((size, went), (look, went * each), FRESH, MOST)
    return went


def test_the_first_handful_is_one_mail_and_each_of_a_fast_wire_is_twice_the_one_before() -> None:
    pace = Pace()
    assert [flown(pace, 0.004, 0.0002) for _ in range(6)] == [1, 2, 4, 8, 16, 32]


def test_a_fast_wire_gets_handfuls_that_look_and_wire_end_in_time() -> None:
    pace = Pace()
    for _ in range(12):
        size = pace.size
        assert flown(pace, 0.006 + 0.0002 * size, 0.0003) == size
    assert 100 <= pace.size <= MOST
    assert (0.0002 + 0.0003) * pace.size < FRESH.total_seconds()


def test_a_slow_wire_makes_them_small_at_once() -> None:
    pace = Pace(size=256, at_wire=0.0002)
    flown(pace, 0.02, 0.1)
    flown(pace, 0.02, 0.1)
    assert pace.size <= 64
    for _ in range(8):
        flown(pace, 0.02, 0.1)
    assert pace.size == 1


def test_a_look_that_is_late_again_and_again_makes_them_small() -> None:
    pace = Pace(size=256, at_wire=0.0002)
    sizes = []
    for _ in range(4):
        flown(pace, 0.3, 0.001)
        sizes.append(pace.size)
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] <= 256 // 2**4


def test_a_long_look_at_few_mails_is_no_reason_for_fewer() -> None:
    pace = Pace(size=8, at_wire=0.001)
    flown(pace, 0.15, 0.001)
    assert pace.size == 16


def test_where_looks_are_slow_handfuls_settle_at_what_goes_in_time() -> None:
    pace = Pace()
    late = 0
    for _ in range(40):
        size = pace.size
        late += flown(pace, 0.08 + 0.0008 * size, 0.0005) < size
    assert late <= 1, "a handful that is late is looked at again, so it costs twice"
    assert 50 <= pace.size <= 130


def test_a_look_that_let_only_one_go_says_little_of_the_wire() -> None:
    pace = Pace(size=256, at_wire=0.0003)
    pace.learn((256, 1), (0.4, 0.008), FRESH, MOST)
    assert pace.size >= 16


def test_a_slow_wire_is_not_worth_the_turn() -> None:
    pace = Pace()
    assert not pace.is_quick, "nothing is known of it yet"
    flown(pace, 0.004, 0.0002)
    assert pace.is_quick
    for _ in range(8):
        flown(pace, 0.004, 0.05)
    assert not pace.is_quick


async def test_one_lane_at_a_time_has_the_turn_and_the_next_gets_it_when_it_is_passed_on() -> None:
    turns, told = Turns(), []

    async def lane(name: str, *, passes_on: bool) -> None:
        async with turns.taken(timedelta(seconds=30)) as pass_on:
            told.append(f"{name} begins")
            if passes_on:
                pass_on()
            for _ in range(5):
                await asyncio.sleep(0)
            told.append(f"{name} ends")

    await asyncio.gather(
        lane("a", passes_on=False), lane("b", passes_on=True), lane("c", passes_on=False)
    )
    assert told == ["a begins", "a ends", "b begins", "c begins", "b ends", "c ends"]


async def test_whoever_waits_long_loses_the_turn_and_nobody_gets_it_twice() -> None:
    turns = Turns()
    async with turns.taken(timedelta(milliseconds=20)) as pass_on:
        async with asyncio.timeout(20), turns.taken(timedelta(seconds=30)):
            pass_on()
            third = asyncio.create_task(_taken(turns))
            await asyncio.sleep(0.05)
            assert not third.done(), "the second one still has it"
        await third


async def _taken(turns: Turns) -> None:
    async with turns.taken(timedelta(seconds=30)):
        return
