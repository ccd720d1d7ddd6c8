"""An alarm for lost answers is false at most as often as stated, however often one looks."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.sending.health.evalue import ALPHA, BETS, Counts, e_value, look, lower_bound

RUNS = 4_000
MAILS = 1_500


def alarm_after(baseline: Counts, rate: float, chance: random.Random) -> int | None:
    """The mail at which the alarm comes, looked at after every single one; None: never."""
    seen = look(baseline, Counts(0, 0))
    least, limit = seen.least_rate, math.log(seen.alarm_at)
    hit = [math.log(share) if share else -math.inf for share in BETS]
    miss = [math.log1p(-share * least) - math.log1p(-least) for share in BETS]
    wealth = [0.0] * len(BETS)
    for n in range(1, MAILS + 1):
        step = hit if chance.random() < rate else miss
        wealth = [one + more for one, more in zip(wealth, step, strict=True)]
        top = max(wealth)
        if (
            top > limit - 3
            and top + math.log(sum(math.exp(one - top) for one in wealth) / len(BETS)) >= limit
        ):
            return n
    return None


def test_a_campaign_that_lost_nothing_is_hardly_ever_halted() -> None:
    chance, alarms = random.Random(7), 0
    for _ in range(RUNS // 4):
        true = 0.06
        answers = sum(chance.random() < true for _ in range(400))
        alarms += alarm_after(Counts(400, answers), true, chance) is not None
    assert alarms <= ALPHA * RUNS / 4


def test_at_the_very_edge_of_what_counts_as_a_drop_the_bound_holds() -> None:
    # The hardest case: the true rate is exactly the least one, and the bet is looked at each time.
    chance, alarms = random.Random(11), 0
    baseline = Counts(1000, 80)
    least = look(baseline, Counts(0, 0)).least_rate
    for _ in range(RUNS // 4):
        alarms += alarm_after(baseline, least, chance) is not None
    assert alarms <= ALPHA * RUNS / 4


def test_a_campaign_that_nobody_answers_any_more_is_found_soon() -> None:
    seen = next(n for n in range(1, 2000) if look(Counts(400, 32), Counts(n, 0)).is_alarm)
    assert 150 < seen < 450


def test_a_drop_to_a_tenth_is_found_and_most_of_the_time_within_a_thousand_mails() -> None:
    chance = random.Random(3)
    delays = [alarm_after(Counts(600, 60), 0.006, chance) for _ in range(100)]
    found = [n for n in delays if n is not None and n <= 1000]
    assert len(found) >= 90


def test_the_step_by_step_wager_is_the_closed_form() -> None:
    chance, least = random.Random(5), 0.04
    wealth, answers = [1.0] * len(BETS), 0
    for _ in range(300):
        answered = chance.random() < 0.03
        answers += answered
        for k, share in enumerate(BETS):
            wealth[k] *= share if answered else (1 - share * least) / (1 - least)
    assert e_value(Counts(300, answers), least) == pytest.approx(sum(wealth) / len(BETS))


@given(st.floats(0.001, 0.9), st.floats(0.0, 1.0))
def test_no_bet_gains_on_average_while_nothing_was_lost(least: float, more: float) -> None:
    true = least + more * (1 - least)
    for share in BETS:
        gain = true * share + (1 - true) * (1 - share * least) / (1 - least)
        assert gain <= 1 + 1e-9


@given(st.integers(1, 5000), st.data())
def test_the_lower_bound_is_below_what_was_seen(mails: int, data: st.DataObject) -> None:
    answers = data.draw(st.integers(0, mails))
    bound = lower_bound(Counts(mails, answers), 0.005)
    assert 0 <= bound <= answers / mails


def test_the_lower_bound_misses_the_truth_no_more_often_than_stated() -> None:
    chance, missed = random.Random(2), 0
    for _ in range(2000):
        answers = sum(chance.random() < 0.05 for _ in range(200))
        missed += lower_bound(Counts(200, answers), 0.05) > 0.05
    assert missed <= 0.05 * 2000


def test_without_any_answer_before_there_is_nothing_to_lose() -> None:
    seen = look(Counts(500, 0), Counts(5000, 0))
    assert (seen.evidence, seen.is_alarm) == (1.0, False)


@pytest.mark.parametrize("wrong", [Counts(3, 4), Counts(-1, 0), Counts(5, -1)])
def test_counts_that_cannot_be_are_refused(wrong: Counts) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        look(Counts(10, 1), wrong)


def test_a_huge_count_stays_a_number() -> None:
    assert math.isfinite(look(Counts(10**6, 10**5), Counts(10**7, 0)).evidence)
    assert look(Counts(10**6, 10**5), Counts(10**7, 10**7)).evidence < 1
