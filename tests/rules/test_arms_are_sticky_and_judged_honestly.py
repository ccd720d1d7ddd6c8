"""A lead keeps its arm for good, and no experiment says more than its outcomes do."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.campaigns.results import LEAST_HITS, LEAST_PEOPLE, WINDOW, Verdict, judged
from outrider.campaigns.sequence_rules import arm_of, arms_of, resolved
from outrider.campaigns.sequential import ALPHA, evidence, wilson
from outrider.campaigns.types import (
    Arm,
    CampaignId,
    Enrollment,
    EnrollmentId,
    EnrollmentStatus,
    Experiment,
    Heard,
    ReplyClass,
    SentStep,
    SequenceId,
    Step,
)
from outrider.prospects.types import AccountId, ContactId

CAMPAIGN = CampaignId(UUID(int=1))
NOW = datetime(2026, 6, 1, tzinfo=UTC)
STYLE = Experiment(
    name="style", arms=(Arm(name="plain"), Arm(name="question", subject_style="question"))
)
STEP = Step(number=1, delay_business_days=0, purpose="first_touch", experiment=STYLE)


def lead(number: int) -> ContactId:
    return ContactId(UUID(int=number))


def test_the_arm_of_a_lead_is_fixed_by_the_hash() -> None:
    assert arm_of(CAMPAIGN, lead(1), STYLE) == arm_of(CAMPAIGN, lead(1), STYLE)
    # Written down: a change of the hash would move leads between arms.
    drawn = "".join(arm_of(CAMPAIGN, lead(n), STYLE)[0] for n in range(16))
    assert drawn == DRAWN


DRAWN = "qqppqqpqqppqpqpp"


def test_arms_are_even_and_experiments_are_independent() -> None:
    other = STYLE.model_copy(update={"name": "ask"})
    pairs = [(arm_of(CAMPAIGN, lead(n), STYLE), arm_of(CAMPAIGN, lead(n), other))
             for n in range(4000)]  # fmt: skip
    for one in {pair for pair in pairs}:
        assert 0.22 < pairs.count(one) / len(pairs) < 0.28
    assert len(set(pairs)) == 4


def test_an_arm_that_a_lead_has_stays_whatever_the_hash_says() -> None:
    drawn = arm_of(CAMPAIGN, lead(1), STYLE)
    other = next(arm.name for arm in STYLE.arms if arm.name != drawn)
    assert arms_of(CAMPAIGN, lead(1), [STEP], {"style": other}) == {"style": other}
    assert arms_of(CAMPAIGN, lead(1), [STEP], {}) == {"style": drawn}


def test_an_arm_stands_in_place_of_what_the_step_says_and_leaves_the_rest() -> None:
    question = resolved(STEP, {"style": "question"})
    assert (question.subject_style, question.purpose) == ("question", "first_touch")
    assert resolved(STEP, {"style": "plain"}) == STEP
    assert resolved(STEP, {}) == STEP


def _ever_different(chance: random.Random, first: float, second: float, people: int) -> int | None:
    """Whether looking after every single pair would ever say different; at which pair."""
    ones = [chance.random() < first for _ in range(people)]
    others = [chance.random() < second for _ in range(people)]
    if not evidence(ones, others).is_different:
        return None
    low, high = 0, people
    while low < high:  # the evidence never falls, so the first look that says so can be searched
        middle = (low + high) // 2
        if evidence(ones[:middle], others[:middle]).is_different:
            high = middle
        else:
            low = middle + 1
    return low


@pytest.mark.parametrize("share", [0.02, 0.05, 0.2, 0.5])
def test_looking_after_every_person_calls_equal_arms_different_in_at_most_5_of_100(
    share: float,
) -> None:
    chance = random.Random(20260302)
    runs = 300
    wrong = sum(_ever_different(chance, share, share, 1000) is not None for _ in range(runs))
    # Three standard errors above the promise, so that chance alone does not fail the test.
    assert wrong / runs <= ALPHA + 3 * (ALPHA * (1 - ALPHA) / runs) ** 0.5
    assert wrong / runs <= 0.05, wrong / runs


def test_a_glance_at_a_plain_z_test_would_be_wrong_far_more_often() -> None:
    chance = random.Random(7)
    wrong = 0
    for _ in range(100):
        hits, is_wrong = [0, 0], False
        for seen in range(1, 1001):
            for arm in (0, 1):
                hits[arm] += chance.random() < 0.2
            pooled = sum(hits) / (2 * seen)
            spread = (2 * pooled * (1 - pooled) / seen) ** 0.5
            is_wrong |= seen > 50 and spread > 0 and abs(hits[0] - hits[1]) / seen / spread > 1.96
        wrong += is_wrong
    assert wrong / 100 > 3 * ALPHA


def test_arms_that_differ_are_found() -> None:
    chance = random.Random(3)
    found = [_ever_different(chance, 0.03, 0.12, 1500) for _ in range(60)]
    assert sum(at is not None for at in found) >= 55


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=80))
def test_evidence_only_grows_and_is_the_same_for_swapped_arms(
    pairs: list[tuple[bool, bool]],
) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    whole = evidence(first, second)
    assert whole.e_value == pytest.approx(evidence(second, first).e_value)
    part = evidence(first[: len(first) // 2], second)
    assert 1.0 <= part.e_value <= whole.e_value
    assert 0 < whole.p_value <= 1


def test_the_expectation_of_one_block_is_at_most_one_under_equal_arms() -> None:
    """The core of the promise, computed exactly: over all outcomes of a next pair."""
    history = ([True, False, False, True], [False, False, False, True])
    before = _product(*history)
    for share in (0.01, 0.1, 0.37, 0.5, 0.9):
        expected = 0.0
        for one in (True, False):
            for other in (True, False):
                chance = (share if one else 1 - share) * (share if other else 1 - share)
                expected += chance * _product([*history[0], one], [*history[1], other]) / before
        assert expected <= 1 + 1e-12, share


def _product(first: list[bool], second: list[bool]) -> float:
    """The e-process itself, without the maximum over the past."""
    product, hits = 1.0, [0, 0]
    for seen, pair in enumerate(zip(first, second, strict=True)):
        shares = [(count + 0.18) / (seen + 0.36) for count in hits]
        both = sum(shares) / 2
        for share, is_hit in zip(shares, pair, strict=True):
            product *= share / both if is_hit else (1 - share) / (1 - both)
        hits = [hits[0] + pair[0], hits[1] + pair[1]]
    return product


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    # Published for Wilson's interval: Newcombe 1998, Statistics in Medicine 17:857-872, table I.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_intervals_are_wilsons(hits: int, total: int, low: float, high: float) -> None:
    assert list(wilson(hits, total)) == pytest.approx([low, high], abs=5e-5)


def enrolled(
    number: int, arm: str, *, good: bool = False, days_ago: int = 30, replied: bool = False
) -> Enrollment:
    sent = NOW - timedelta(days=days_ago)
    heard = Heard(
        reply_id="r", reply_class=ReplyClass.INTERESTED, after_step=1, at=sent + timedelta(days=1)
    )
    return Enrollment(
        id=EnrollmentId(UUID(int=number)),
        campaign_id=CAMPAIGN,
        sequence_id=SequenceId(UUID(int=2)),
        account_id=AccountId(UUID(int=number)),
        contact_id=lead(number),
        mailbox_id=UUID(int=3),
        status=EnrollmentStatus.STOPPED,
        next_step=2,
        steps_sent=(SentStep(number=1, at=sent),),
        replies_at=(sent + timedelta(days=1),) if good or replied else (),
        heard=(heard,) if good else (),
        arms={"style": arm},
    )


def people(plain: tuple[int, int], question: tuple[int, int]) -> list[Enrollment]:
    """Enrollments by (good, all) of each arm, good ones spread evenly."""
    made: list[Enrollment] = []
    for arm, (good, total) in (("plain", plain), ("question", question)):
        for index in range(total):
            is_good = (index + 1) * good // total > index * good // total
            made.append(enrolled(len(made) + 1, arm, good=is_good))
    return made


def test_too_few_people_or_replies_are_too_few_to_tell() -> None:
    few = judged(STEP, STYLE, people((5, 40), (40, 40)), NOW, has_classes=True)
    assert few.verdict is Verdict.TOO_FEW
    assert f"{LEAST_PEOPLE} and {LEAST_HITS} are needed" in few.sentence
    silent = judged(STEP, STYLE, people((0, 500), (4, 500)), NOW, has_classes=True)
    assert silent.verdict is Verdict.TOO_FEW
    assert judged(STEP, STYLE, [], NOW, has_classes=True).verdict is Verdict.TOO_FEW


def test_a_clear_winner_is_named_and_a_near_tie_is_not() -> None:
    clear = judged(STEP, STYLE, people((5, 300), (60, 300)), NOW, has_classes=True)
    assert (clear.verdict, clear.winner) == (Verdict.BETTER, "question")
    worse = judged(STEP, STYLE, people((60, 300), (5, 300)), NOW, has_classes=True)
    assert worse.winner == "plain"
    tie = judged(STEP, STYLE, people((20, 300), (24, 300)), NOW, has_classes=True)
    assert (tie.verdict, tie.winner) == (Verdict.NO_DIFFERENCE, None)


def test_nobody_is_counted_before_there_was_time_to_answer() -> None:
    fresh = [enrolled(n, "plain", good=True, days_ago=WINDOW.days - 1) for n in range(1, 100)]
    found = judged(STEP, STYLE, fresh, NOW, has_classes=True)
    assert (found.arms[0].reached, found.arms[0].counted, found.arms[0].hits) == (99, 0, 0)


def test_until_replies_have_classes_any_reply_counts_and_the_result_says_so() -> None:
    replied = [enrolled(n, "plain", replied=n % 2 == 0) for n in range(1, 101)]
    found = judged(STEP, STYLE, replied, NOW, has_classes=False)
    assert (found.counts, found.arms[0].hits) == ("replies", 50)
    assert judged(STEP, STYLE, replied, NOW, has_classes=True).arms[0].hits == 0


def test_a_step_that_was_skipped_or_never_sent_counts_for_nobody() -> None:
    one = enrolled(1, "plain")
    skipped = one.model_copy(
        update={"steps_sent": (one.steps_sent[0].model_copy(update={"is_skipped": True}),)}
    )
    unsent = one.model_copy(update={"steps_sent": ()})
    found = judged(STEP, STYLE, [skipped, unsent], NOW, has_classes=True)
    assert found.arms[0].reached == 0
