"""What an experiment at a step says so far, in words that do not promise more than it knows.

In: a campaign. Out: for each experiment its arms, their shares, and a verdict. Never: opens, a
verdict below the floor, a person counted before there was time to answer.

A person counts `WINDOW` after the step was sent, when the answer is in or will hardly come. Counted
well is an answer of the class interested or meeting; where no answer of the campaign has a class
yet, any answer that asks for no end, and the result says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from outrider.campaigns import store, store_enrol
from outrider.campaigns.sequence_rules import is_answer
from outrider.campaigns.sequential import ALPHA, Evidence, evidence, wilson
from outrider.campaigns.types import (
    Campaign,
    Enrollment,
    Experiment,
    Frozen,
    ReplyClass,
    Step,
)
from outrider.kernel.database.tx import Tx

WINDOW = timedelta(days=14)
"""Two weeks: few answers to a sales mail come later."""
LEAST_PEOPLE = 50
"""In each arm, before anything is said of it."""
LEAST_HITS = 5
"""Good answers in all arms together, before anything is said."""
_SURE = "Of 100 comparisons of equal arms at most 5 ever say so, however often one looks."
_GOOD = frozenset({ReplyClass.INTERESTED, ReplyClass.MEETING})


class Verdict(StrEnum):
    """What may be said."""

    TOO_FEW = "too few to tell"
    NO_DIFFERENCE = "no difference seen so far"
    BETTER = "better"


class ArmResult(Frozen):
    """One arm so far."""

    name: str
    reached: int
    """People whom the step was sent to."""
    counted: int
    """Those for whom the time to answer is over."""
    hits: int
    share: float | None
    low: float
    high: float
    """The 95 % interval of the share, for one look."""
    p_value: float | None = None
    """Against the first arm, at any time; None for the first."""


class Result(Frozen):
    """One experiment so far."""

    name: str
    step: int
    counts: str
    """`good replies` or `replies`."""
    arms: tuple[ArmResult, ...]
    verdict: Verdict
    winner: str | None = None
    sentence: str


async def results(tx: Tx, campaign: Campaign) -> list[Result]:
    """Every experiment that the campaign ever had, in the order of the steps."""
    tests: dict[str, tuple[Step, Experiment]] = {}
    for version in await store.sequences(tx, campaign.id):
        for step in version.steps:
            if step.experiment is not None:
                tests.setdefault(step.experiment.name, (step, step.experiment))
    if not tests:
        return []
    enrollments = await store_enrol.of_campaign(tx, campaign.id)
    has_classes = any(is_answer(heard) for one in enrollments for heard in one.heard)
    found = [
        judged(step, test, enrollments, tx.now, has_classes=has_classes)
        for step, test in tests.values()
    ]
    return sorted(found, key=lambda one: (one.step, one.name))


def judged(
    step: Step,
    test: Experiment,
    enrollments: Sequence[Enrollment],
    now: datetime,
    *,
    has_classes: bool,
) -> Result:
    """One experiment, from the enrollments of its campaign."""
    outcomes = {
        arm.name: _outcomes(step.number, test.name, arm.name, enrollments, now, has_classes)
        for arm in test.arms
    }
    first, *others = (arm.name for arm in test.arms)
    # Several arms against the first: each has its share of the chance to be wrong (Bonferroni).
    against = {
        name: evidence(outcomes[first][1], outcomes[name][1], ALPHA / len(others))
        for name in others
    }
    arms = tuple(
        _arm(name, reached, counted, against.get(name), len(others))
        for name, (reached, counted) in outcomes.items()
    )
    verdict, winner = _verdict(arms, against)
    counts = "good replies" if has_classes else "replies"
    return Result(
        name=test.name,
        step=step.number,
        counts=counts,
        arms=arms,
        verdict=verdict,
        winner=winner,
        sentence=_sentence(arms, verdict, winner, counts),
    )


def _outcomes(  # noqa: PLR0913 - one filter, no state
    step: int,
    test: str,
    arm: str,
    enrollments: Sequence[Enrollment],
    now: datetime,
    has_classes: bool,
) -> tuple[int, list[bool]]:
    """How many the step reached, and the outcomes of those whose time is over, by that time."""
    reached = []
    for one in enrollments:
        sent = one.steps_sent_of(step)
        if sent is not None and not sent.is_skipped and one.arms.get(test) == arm:
            reached.append((sent.at, one.contact_id, one))
    reached.sort(key=lambda item: item[:2])
    counted = [_is_hit(one, at, has_classes) for at, _, one in reached if at + WINDOW <= now]
    return len(reached), counted


def _is_hit(one: Enrollment, sent_at: datetime, has_classes: bool) -> bool:
    """Whether a good answer came within the window; later ones are left out for every arm alike."""
    until = sent_at + WINDOW
    if has_classes:
        times = [heard.at for heard in one.heard if heard.reply_class in _GOOD]
    else:
        times = list(one.replies_at)
    return any(sent_at <= at < until for at in times)


def _arm(
    name: str, reached: int, counted: Sequence[bool], seen: Evidence | None, others: int
) -> ArmResult:
    hits, total = sum(counted), len(counted)
    low, high = wilson(hits, total)
    return ArmResult(
        name=name,
        reached=reached,
        counted=total,
        hits=hits,
        share=hits / total if total else None,
        low=low,
        high=high,
        p_value=min(1.0, seen.p_value * others) if seen else None,
    )


def _verdict(arms: Sequence[ArmResult], against: dict[str, Evidence]) -> tuple[Verdict, str | None]:
    is_small = min(arm.counted for arm in arms) < LEAST_PEOPLE
    if is_small or sum(arm.hits for arm in arms) < LEAST_HITS:
        return Verdict.TOO_FEW, None
    first = arms[0]
    apart = [arm for arm in arms[1:] if against[arm.name].is_different]
    above = [arm for arm in apart if (arm.share or 0) > (first.share or 0)]
    if above:
        return Verdict.BETTER, max(above, key=lambda arm: arm.share or 0).name
    below = [arm for arm in apart if (arm.share or 0) < (first.share or 0)]
    if below and len(below) == len(arms) - 1:
        return Verdict.BETTER, first.name
    return Verdict.NO_DIFFERENCE, None


def _sentence(arms: Sequence[ArmResult], verdict: Verdict, winner: str | None, counts: str) -> str:
    if verdict is Verdict.TOO_FEW:
        fewest = min(arm.counted for arm in arms)
        hits = sum(arm.hits for arm in arms)
        return (
            f"Too few to tell: {fewest} people in the smallest arm and {hits} {counts}; "
            f"{LEAST_PEOPLE} and {LEAST_HITS} are needed."
        )
    if winner is None:
        return f"No difference in {counts} seen so far; looking again later is allowed."
    if winner == arms[0].name:
        return f"{winner} gets more {counts} than every other arm. {_SURE}"
    return f"{winner} gets more {counts} than {arms[0].name}. {_SURE}"
