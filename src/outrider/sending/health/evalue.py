"""Has an answer rate dropped? A test that may be looked at as often as one likes.

In: counts of mails and answers before and since. Out: an e-value and whether it is an alarm.
Never: a bare threshold, an alarm whose chance of being false is not bounded.

The hypothesis is that the rate is still at least (1 - delta) of the baseline, called m. Somebody who
bets against it multiplies his money by p/m for an answer and (1 - p)/(1 - m) for none; for every
p < m and every true rate of at least m these bets lose on average, so the money is a non-negative
supermartingale that begins at 1. So is a fixed mixture over several p, and over several bettors who
wait, with their stake in hand, until the first, second, third … cohort: a drop after months of good
answers is found by one who has not lost his money on them. By Ville's inequality (1939)
the chance that it ever reaches 1/alpha is at most alpha, however often and whenever one looks.
Sources: Wald, Sequential Analysis (1947); Shafer, Testing by betting, JRSS A 184 (2021);
Waudby-Smith and Ramdas, Estimating means of bounded random variables by betting, JRSS B 86 (2024).

The baseline is itself measured, so half of alpha goes to its lower bound: with that chance at most
the true old rate lies below it (Chernoff's bound in the form of Hoeffding 1963, theorem 1).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

ALPHA = 0.01
DELTA = 0.5
"""The drop that is looked for: less than half of what it was."""

BETS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Alternatives, as shares of m; each gets the same part of the first stake."""

_STEPS = 60


@dataclass(frozen=True, slots=True)
class Counts:
    """Mails whose time to be answered is over, and how many were answered."""

    mails: int
    answers: int


@dataclass(frozen=True, slots=True)
class Look:
    """What the counts say."""

    least_rate: float
    """m: the rate that the campaign would at least have, had nothing happened."""
    evidence: float
    """The e-value; 1 says nothing."""
    is_alarm: bool


def look(
    baseline: Counts, since: Sequence[Counts], *, alpha: float = ALPHA, delta: float = DELTA
) -> Look:
    """Judge a drop.

    Args:
        baseline: from before the watch began.
        since: from then on, by cohorts in the order of time; not one mail of the baseline. To which
            cohort a mail belongs must not depend on its answer.
        alpha: the chance of ever raising a false alarm, at most.
        delta: the share of the old rate that must be lost before it counts as a drop.

    Raises:
        ValueError: counts or shares that cannot be.
    """
    for counts in (baseline, *since):
        if not 0 <= counts.answers <= counts.mails:
            raise ValueError(f"{counts.answers} answers to {counts.mails} mails cannot be")
    if not (0 < alpha < 1 and 0 <= delta < 1):
        raise ValueError("alpha and delta are shares between 0 and 1")
    least = (1 - delta) * lower_bound(baseline, alpha / 2)
    evidence = since_some_cohort(since, least)
    return Look(least, evidence, evidence >= 2 / alpha)


def since_some_cohort(cohorts: Sequence[Counts], least_rate: float) -> float:
    """The money of bettors who begin at each cohort; the k-th holds 1 / (k (k + 1)) of the stake."""
    mails = answers = 0
    # Those who have not begun yet still have what they brought.
    evidence = 1 / (len(cohorts) + 1)
    for k in range(len(cohorts), 0, -1):
        mails, answers = mails + cohorts[k - 1].mails, answers + cohorts[k - 1].answers
        evidence += e_value(Counts(mails, answers), least_rate) / (k * (k + 1))
    return evidence


def e_value(counts: Counts, least_rate: float) -> float:
    """The money of the bettor after these mails, in whatever order they came; 1 at the start."""
    if least_rate <= 0:
        return 1.0
    missed = counts.mails - counts.answers
    wealth = [
        _power(share, counts.answers) + missed * _log_miss(share, least_rate) for share in BETS
    ]
    top = max(wealth)
    if top == -math.inf:
        return 0.0
    mixed = sum(math.exp(one - top) for one in wealth) / len(BETS)
    # Far beyond every alarm; an infinity would only trouble those who store it.
    return math.exp(min(top + math.log(mixed), 700.0))


def _power(share: float, answers: int) -> float:
    if answers == 0:
        return 0.0
    return answers * math.log(share) if share > 0 else -math.inf


def _log_miss(share: float, least_rate: float) -> float:
    return math.log1p(-share * least_rate) - math.log1p(-least_rate)


def lower_bound(counts: Counts, alpha: float) -> float:
    """A rate that the true one is below with a chance of at most `alpha`.

    The smallest p with mails * KL(answers/mails, p) <= log(1/alpha), found by halving.
    """
    if counts.answers == 0 or counts.mails == 0:
        return 0.0
    seen, room = counts.answers / counts.mails, math.log(1 / alpha) / counts.mails
    low, high = 0.0, seen
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _divergence(seen, middle) > room:
            low = middle
        else:
            high = middle
    return low


def _divergence(seen: float, rate: float) -> float:
    """Kullback-Leibler divergence of two Bernoulli distributions, in nats."""
    if rate <= 0:
        return math.inf
    missed = (1 - seen) * math.log((1 - seen) / (1 - rate)) if seen < 1 else 0.0
    return seen * math.log(seen / rate) + missed
