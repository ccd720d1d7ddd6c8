"""An alarm for lost answers is false at most as often as stated, however often one looks."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.sending.health.evalue import ALPHA, BETS, Counts, e_value, look, lower_bound

RUNS = 400
WEEKS, A_WEEK = 25, 60


def alarm_after(
    baseline: Counts, rates: Callable[[int], float], chance: random.Random
) -> int | None:
    """The number of mails at which the alarm comes, looked at every twenty mails; None: never."""
    cohorts: list[Counts] = []
    for week in range(WEEKS):
        cohorts.append(Counts(0, 0))
        for _ in range(A_WEEK // 20):
            answers = sum(chance.random() < rates(week) for _ in range(20))
            last = cohorts[-1]
            cohorts[-1] = Counts(last.mails + 20, last.answers + answers)
            if look(baseline, cohorts).is_alarm:
                return sum(one.mails for one in cohorts)
    return None


def test_a_campaign_that_lost_nothing_is_hardly_ever_halted() -> None:
    chance, alarms = random.Random(7), 0
    for _ in range(RUNS):
        true = 0.06
        answers = sum(chance.random() < true for _ in range(400))
        alarms += alarm_after(Counts(400, answers), lambda week: 0.06, chance) is not None
    assert alarms <= ALPHA * RUNS


def test_at_the_very_edge_of_what_counts_as_a_drop_the_bound_holds() -> None:
    # The hardest case: the true rate is exactly the least one, and the bet is looked at each time.
    chance, alarms = random.Random(11), 0
    baseline = Counts(1000, 80)
    least = look(baseline, []).least_rate
    for _ in range(RUNS):
        alarms += alarm_after(baseline, lambda week: least, chance) is not None
    assert alarms <= ALPHA * RUNS


def test_a_campaign_that_nobody_answers_any_more_is_found_soon() -> None:
    seen = next(n for n in range(1, 2000) if look(Counts(400, 32), [Counts(n, 0)]).is_alarm)
    assert 150 < seen < 450


def test_a_drop_to_a_tenth_is_found_and_most_of_the_time_within_a_thousand_mails() -> None:
    chance = random.Random(3)
    delays = [alarm_after(Counts(600, 60), lambda week: 0.006, chance) for _ in range(100)]
    found = [n for n in delays if n is not None and n <= 1000]
    assert len(found) >= 90


def test_a_drop_after_ten_good_weeks_is_found_nearly_as_soon_as_one_at_the_start() -> None:
    chance, baseline = random.Random(4), Counts(1000, 100)
    late = [
        alarm_after(baseline, lambda week: 0.1 if week < 10 else 0.004, chance) for _ in range(60)
    ]
    found = [n - 10 * A_WEEK for n in late if n is not None]
    assert len(found) >= 57
    assert sorted(found)[len(found) // 2] < 500


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
    seen = look(Counts(500, 0), [Counts(5000, 0)])
    assert seen.evidence == pytest.approx(1)
    assert not seen.is_alarm


@pytest.mark.parametrize("wrong", [Counts(3, 4), Counts(-1, 0), Counts(5, -1)])
def test_counts_that_cannot_be_are_refused(wrong: Counts) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        look(Counts(10, 1), [wrong])


def test_a_huge_count_stays_a_number() -> None:
    assert math.isfinite(look(Counts(10**6, 10**5), [Counts(10**7, 0)]).evidence)
    assert look(Counts(10**6, 10**5), [Counts(10**7, 10**7)]).evidence < 1
