"""How far past mail supports a rule.

In: features of past mail. Out: one `Rule` with its support, its confidence and its reason.
Never: a rule outside the safe ranges; a rule without a reason.

Three things decide the strength of a rule. What the mail is: newsletters teach little about
one-to-one mail. How often the pattern holds: the lower bound of its share. Whether it persists: a
pattern that the older half of the mails shows and the newer half does not is discarded (D-29).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from outrider.campaigns.measure import percentile
from outrider.campaigns.rules import SafeRange, fitted, needed_confidence, safe, wilson_lower
from outrider.campaigns.types import Features, Rule, Strength

Value = TypeVar("Value")

_SHOWN = {"reply": "request to reply"}
"""How a choice reads inside a sentence, where its name does not."""

LEAST_MAILS = 5
"""Fewer mails than this say nothing about a pattern."""

LEAST_ONE_TO_ONE = 10
"""With fewer one-to-one mails, newsletters are looked at as well, for what they can teach."""

LEAST_CONFIDENCE = Decimal("0.25")
"""A pattern below it is noise, and the safe default stands."""

SHARE_LOW, SHARE_HIGH = 0.1, 0.9
"""An observed range is the middle 80 % of past mail."""


@dataclass(frozen=True, slots=True)
class PastMailFacts:
    """One past mail as rules see it."""

    features: Features
    sender: str
    sent_at: datetime | None


@dataclass(frozen=True)
class Evidence:
    """The past mail of one source, oldest first."""

    mails: tuple[PastMailFacts, ...]
    unread: int = 0
    variation: float | None = None
    """How much mails of one series differ, 0 to 1; None when no series is known."""

    @cached_property
    def one_to_one(self) -> tuple[Features, ...]:
        """Outreach of one person to one: no lists, no series that began as an answer."""
        answers = {
            m.features.series
            for m in self.mails
            if m.features.is_reply and m.features.follow_up_index == 0
        }
        return tuple(
            m.features
            for m in self.mails
            if not m.features.is_bulk and m.features.series not in answers
        )

    @cached_property
    def others(self) -> tuple[Features, ...]:
        """Every mail, when there is too little outreach to learn from; else nothing."""
        return () if self.teaches_structure else tuple(m.features for m in self.mails)

    @property
    def teaches_structure(self) -> bool:
        """Whether there is enough one-to-one mail to learn its build."""
        return len(self.one_to_one) >= LEAST_ONE_TO_ONE

    @property
    def basis(self) -> tuple[Features, ...]:
        """The mails that rules on every kind of mail look at."""
        return self.one_to_one if self.teaches_structure else tuple(m.features for m in self.mails)

    def step(self, step: int) -> tuple[Features, ...]:
        """One-to-one mails at a step of their series; the third stands for all later ones."""
        if not self.teaches_structure:
            return ()
        last = 3
        return tuple(
            f
            for f in self.one_to_one
            if f.follow_up_index == step - 1 or (step == last and f.follow_up_index >= last)
        )


@dataclass(frozen=True)
class Asked:
    """A rule to be learned: its name and the sentence that states it.

    `says` has the placeholders {low} and {high}, or {choice}. `bulk` says that the values come from
    newsletters and the like; `others` are such values, shown where nothing better is known.
    """

    name: str
    says: str
    step: int | None = None
    bulk: bool = False
    others: tuple[int, ...] = ()


def ranged(asked: Asked, values: Sequence[int]) -> Rule:
    """A range from past values, in time order, kept inside the safe one."""
    bounds = safe(asked.name, asked.step)
    ordered = sorted(values)
    middle = percentile(ordered, 0.5)
    if len(ordered) < LEAST_MAILS:
        return _unlearned(asked, bounds, ordered)
    fit = fitted(percentile(ordered, SHARE_LOW), percentile(ordered, SHARE_HIGH), bounds)
    support = sum(1 for value in ordered if fit.low <= value <= fit.high)
    confidence = wilson_lower(support, len(ordered))
    seen = f"{'newsletters' if asked.bulk else 'past mails'} have a median of {middle}"
    if not bounds.low <= middle <= bounds.high:
        side = "more" if middle > bounds.high else "less"
        why = f"{seen}, {side} than is safe: {bounds.why}"
        return _default_range(asked, bounds, support, len(ordered), why)
    if confidence < LEAST_CONFIDENCE:
        return _default_range(
            asked, bounds, support, len(ordered), f"past mail varies: {bounds.why}"
        )
    if not _persists(values, lambda half: fit.low <= percentile(sorted(half), 0.5) <= fit.high):
        why = f"past mail changed over time: {bounds.why}"
        return _default_range(asked, bounds, support, len(ordered), why)
    return Rule(
        name=asked.name,
        text=_sentence(asked.says.format(low=fit.low, high=fit.high), seen, support, len(ordered)),
        low=Decimal(fit.low),
        high=Decimal(fit.high),
        support=support,
        out_of=len(ordered),
        confidence=confidence,
        strength=strength(confidence, len(ordered), bulk=asked.bulk),
        step=asked.step,
    )


def chosen(
    asked: Asked,
    values: Sequence[str],
    allowed: Sequence[str],
    why: str = "it is the safe choice",
) -> Rule:
    """The commonest of the allowed values, else the first allowed one as the safe default."""
    counts = Counter(values)
    best = max(allowed, key=lambda value: (counts[value], -allowed.index(value)))
    confidence = wilson_lower(counts[best], len(values))
    holds = (
        len(values) >= LEAST_MAILS
        and confidence >= LEAST_CONFIDENCE
        and _persists(values, lambda half: _leads(best, half, allowed))
    )
    choice = best if holds else allowed[0]
    says = asked.says.format(choice=_SHOWN.get(choice, choice))
    if not holds:
        reason = why if len(values) < LEAST_MAILS else _other_habit(counts, choice, why)
        return default(asked, f"{says}; {reason}.", choice, (counts[choice], len(values)))
    return Rule(
        name=asked.name,
        text=_sentence(says, why, counts[best], len(values)),
        choice=choice,
        support=counts[best],
        out_of=len(values),
        confidence=confidence,
        strength=strength(confidence, len(values), bulk=asked.bulk),
        step=asked.step,
    )


def avoided(asked: Asked, kept: Sequence[bool], why: str) -> Rule:
    """A thing not to do: `kept` says of each past mail whether it kept to that."""
    support, out_of = sum(kept), len(kept)
    confidence = wilson_lower(support, out_of)
    if out_of < LEAST_MAILS or confidence < LEAST_CONFIDENCE:
        return default(asked, f"{asked.says}; {why}.", None, (support, out_of))
    return Rule(
        name=asked.name,
        text=_sentence(asked.says, why, support, out_of),
        support=support,
        out_of=out_of,
        confidence=confidence,
        strength=strength(confidence, out_of, bulk=False),
        step=asked.step,
    )


def default(asked: Asked, text: str, choice: str | None, seen: tuple[int, int]) -> Rule:
    """A safe default: confidence 0, whatever the past shows."""
    return Rule(
        name=asked.name,
        text=text,
        choice=choice,
        support=seen[0],
        out_of=seen[1],
        confidence=Decimal(0),
        strength=Strength.DEFAULT,
        step=asked.step,
    )


def strength(confidence: Decimal, mails: int, *, bulk: bool) -> Strength:
    """Strong only on one-to-one mail with a share that is surely high; more mail, higher demand."""
    sure = confidence >= needed_confidence(mails)
    return Strength.STRONG if sure and not bulk else Strength.WEAK


def _default_range(asked: Asked, bounds: SafeRange, support: int, out_of: int, why: str) -> Rule:
    says = asked.says.format(low=bounds.low, high=bounds.high)
    return Rule(
        name=asked.name,
        text=f"{says}; {why}.",
        low=Decimal(bounds.low),
        high=Decimal(bounds.high),
        support=support,
        out_of=out_of,
        confidence=Decimal(0),
        strength=Strength.DEFAULT,
        step=asked.step,
    )


def _persists(values: Sequence[Value], holds: Callable[[Sequence[Value]], bool]) -> bool:
    half = len(values) // 2
    return half < LEAST_MAILS or (holds(values[:half]) and holds(values[half:]))


def _leads(best: str, half: Sequence[str], allowed: Sequence[str]) -> bool:
    counts = Counter(half)
    return all(counts[best] >= counts[other] for other in allowed)


def _unlearned(asked: Asked, bounds: SafeRange, ordered: Sequence[int]) -> Rule:
    """The safe range, with what there is to say about mail of another kind."""
    shown = sorted(asked.others)
    if not shown:
        return _default_range(asked, bounds, 0, len(ordered), bounds.why)
    support = sum(1 for value in shown if bounds.low <= value <= bounds.high)
    middle = percentile(shown, 0.5)
    fits = bounds.low <= middle <= bounds.high
    verdict = "which fits as well" if fits else "which suits a list and not one reader"
    why = f"{bounds.why}; this brand's other mail has a median of {middle}, {verdict}"
    return _default_range(asked, bounds, support, len(shown), why)


def _other_habit(counts: Counter[str], choice: str, why: str) -> str:
    habit, times = counts.most_common(1)[0]
    if habit == choice:
        return f"{why}, though past mails vary"
    share = round(100 * times / counts.total())
    return f"{why}, though {share} % of past mails show: {habit.replace('_', ' ')}"


def _sentence(says: str, why: str, support: int, out_of: int) -> str:
    return f"{says}; {why}, and {support} of {out_of} past mails do so."
