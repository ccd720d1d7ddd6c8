"""Whether a finding is worth its weight: frozen weights of signs say how likely its words are false.

In: the findings of the rules, the scene. Out: the same findings; some block no more, some that only warned
block. Never: a finding added or taken away, hard evidence weighed, or a model asked.

The rules point at words; on prose that they were not written on, one in three that block was no fault. The
weights were learned from first looks (decision 0040) and say which are. What is let through is still marked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import exp

from outrider.guardrails.types import Finding, Severity
from outrider.guardrails.weighing.frozen import BIAS, LOWER, RAISE, WEIGHTS
from outrider.guardrails.weighing.signs import Scene, signs, sort_of

_MOST_REASONS = 3
_WEIGHED = frozenset(("claim_uncovered", "claim_relation", "claim_unproven"))


def suspected(findings: Sequence[Finding], scene: Callable[[], Scene]) -> list[Finding]:
    """The findings, with the severity that their signs are worth; the scene is set only if one is needed."""
    if _WEIGHED.isdisjoint(finding.check for finding in findings):
        return list(findings)
    known = scene()
    return [_weighed(f, known) if f.check in _WEIGHED else f for f in findings]


def likelihood(seen: Iterable[str]) -> float:
    """How likely words with these signs are false, from 0 to 1, by logistic regression."""
    total = BIAS + sum(WEIGHTS.get(sign, 0) for sign in seen)
    return 1 / (1 + exp(-total / 100))


def _weighed(finding: Finding, scene: Scene) -> Finding:
    sort = sort_of(finding, scene)
    if sort is None:
        return finding
    seen = signs(finding, sort, scene)
    chance = likelihood(seen)
    if finding.severity is Severity.BLOCK and chance < LOWER:
        return finding.model_copy(
            update={"severity": Severity.WARN, "fix": f"Look whether it is true: {_why(seen, -1)}."}
        )
    if finding.severity is Severity.WARN and chance >= RAISE:
        return finding.model_copy(
            update={
                "check": "claim_uncovered",
                "severity": Severity.BLOCK,
                "fix": f"Bind it to a fact or take it out: {_why(seen, 1)}.",
            }
        )
    return finding


def _why(seen: Iterable[str], way: int) -> str:
    """The signs that weigh most in one direction, heaviest first, in their own words."""
    known = [(way * WEIGHTS.get(sign, 0), sign) for sign in seen]
    heavy = sorted((item for item in known if item[0] > 0), key=lambda item: (-item[0], item[1]))
    words = dict.fromkeys(sign.partition(": ")[2] or sign for _, sign in heavy)
    return ", ".join(list(words)[:_MOST_REASONS]) or "its signs are weak"
