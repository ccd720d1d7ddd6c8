"""How much past mail there is to learn from, and what its gaps mean (D-54 to D-56).

In: evidence and the campaign's own words. Out: a score, warnings in plain words, wishes.
Never: a rule; a wish outside the safe ranges.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from outrider.campaigns.rules import safe
from outrider.campaigns.types import Rule, Strength
from outrider.campaigns.weigh import LEAST_ONE_TO_ONE, Evidence

ENOUGH_ONE_TO_ONE = 50
ENOUGH_BRAND = 100
ENOUGH_SERIES = 10
ENOUGH_COMPETITOR = 30
FEW_BRAND = 30
GENERIC_BELOW = Decimal("0.5")
"""Below this score mails may come out generic, and the user is told."""

WEIGHTS = {
    "one_to_one": Decimal("0.35"),
    "brand": Decimal("0.10"),
    "series": Decimal("0.25"),
    "competitor": Decimal("0.15"),
    "dates": Decimal("0.10"),
    "senders": Decimal("0.05"),
}
"""Shares of the sufficiency score: sequences of one-to-one mail weigh most."""


@dataclass(frozen=True)
class Gaps:
    """What there is, counted."""

    brand: int
    one_to_one: int
    series: int
    senders: int
    dated: int
    dated_outreach: int
    unread: int
    competitor: int

    @staticmethod
    def of(brand: Evidence, rival: Evidence) -> Gaps:
        """Count the evidence."""
        own = brand.one_to_one
        series = {f.series for f in own}
        outreach = [m for m in brand.mails if m.features.series in series]
        return Gaps(
            brand=len(brand.mails),
            one_to_one=len(own),
            series=len({f.series for f in own if f.follow_up_index > 0}),
            senders=len({m.sender for m in outreach}),
            dated=sum(1 for mail in brand.mails if mail.sent_at is not None),
            dated_outreach=sum(1 for mail in outreach if mail.sent_at is not None),
            unread=brand.unread,
            competitor=len(rival.mails),
        )


def sufficiency(gaps: Gaps) -> Decimal:
    """0 to 1: each part counts up to enough of it, weighted by `WEIGHTS`."""
    parts = {
        "one_to_one": _part(gaps.one_to_one, ENOUGH_ONE_TO_ONE),
        "brand": _part(gaps.brand, ENOUGH_BRAND),
        "series": _part(gaps.series, ENOUGH_SERIES),
        "competitor": _part(gaps.competitor, ENOUGH_COMPETITOR),
        "dates": _part(gaps.dated_outreach, max(gaps.one_to_one, LEAST_ONE_TO_ONE)),
        "senders": _part(gaps.senders, 2) if gaps.one_to_one >= LEAST_ONE_TO_ONE else Decimal(0),
    }
    total = sum((WEIGHTS[name] * part for name, part in parts.items()), Decimal(0))
    return total.quantize(Decimal("0.01"))


def _part(count: int, enough: int) -> Decimal:
    return min(Decimal(1), Decimal(count) / Decimal(enough))


def warnings(gaps: Gaps, context: str | None, rules: tuple[Rule, ...]) -> tuple[str, ...]:
    """What is missing, what that means, and the way out; the overall warning first."""
    found = [*_about_brand(gaps), *_about_sequences(gaps), *_about_competitor(gaps)]
    score = sufficiency(gaps)
    if score < GENERIC_BELOW:
        found.insert(
            0,
            f"Mails may come out generic: past mail covers {round(100 * score)} % of what a sound "
            "blueprint needs, and safe defaults fill the rest.",
        )
    if found:
        found.append(_about_context(context, rules))
    return tuple(found)


def _about_brand(gaps: Gaps) -> list[str]:
    found: list[str] = []
    if gaps.brand == 0:
        found.append(
            "There is no past mail of the brand: add sent mail as mbox, Maildir, .eml or CSV."
        )
    elif gaps.one_to_one < LEAST_ONE_TO_ONE:
        found.append(
            f"Only {gaps.one_to_one} of {gaps.brand} brand mails are one-to-one outreach, the rest "
            "are newsletters or answers: length, ask and rhythm are safe defaults. Add mail that "
            "sellers sent to prospects."
        )
    elif gaps.brand < FEW_BRAND:
        found.append(
            f"There are only {gaps.brand} brand mails: rules rest on little. {FEW_BRAND} or more "
            "would make them firm."
        )
    if gaps.brand and gaps.dated < 0.8 * gaps.brand:
        missing = gaps.brand - gaps.dated
        found.append(
            f"{missing} of {gaps.brand} brand mails have no usable date: rhythm and time of "
            "sending are learned from the others only."
        )
    if gaps.unread > 0.1 * (gaps.brand + gaps.unread):
        found.append(f"{gaps.unread} mails could not be read; their reasons are kept with them.")
    return found


def _about_sequences(gaps: Gaps) -> list[str]:
    found: list[str] = []
    if gaps.one_to_one and gaps.series == 0:
        found.append(
            "No follow-ups were seen in one-to-one mail: number and spacing of steps are defaults."
        )
    if gaps.one_to_one >= LEAST_ONE_TO_ONE and gaps.senders == 1:
        found.append(
            "All one-to-one mail is from one sender: it may show one person's habit, not the "
            "brand's."
        )
    return found


def _about_competitor(gaps: Gaps) -> list[str]:
    if gaps.competitor == 0:
        return ["There is no mail of a competitor: nothing to align with or to differ from."]
    if gaps.competitor < ENOUGH_COMPETITOR // 3:
        return [f"There are only {gaps.competitor} competitor mails: their norms are a guess."]
    return []


def _about_context(context: str | None, rules: tuple[Rule, ...]) -> str:
    if not context:
        return (
            "The campaign has no additional context: describe the offer, the readers and the tone "
            "there to make up for missing mail."
        )
    used = sorted({rule.name for rule in rules if rule.text.startswith(FROM_CONTEXT)})
    if used:
        return f"The campaign's context fills in for: {', '.join(used).replace('_', ' ')}."
    return "The campaign's context stands in where mail is missing: the writer gets it as it is."


FROM_CONTEXT = "From the campaign's context:"
_RANGE = r"(\d{1,3})\s*(?:-|–|to|and)\s*(\d{1,3})\s*"
_WISHES = (
    ("body_words", re.compile(_RANGE + r"words", re.I), "words in the first mail"),
    (
        "subject_words",
        re.compile(_RANGE + r"words?\s+(?:in the |long )?subject", re.I),
        "subject words",
    ),
    ("steps", re.compile(_RANGE + r"(?:steps|touches|mails|e-?mails)", re.I), "mails"),
    (
        "step_delay_business_days",
        re.compile(_RANGE + r"(?:business|working) days", re.I),
        "business days",
    ),
)
_MOST_WORDS = re.compile(
    r"(?:under|below|at most|max(?:imum)?(?: of)?|no more than)\s+(\d{2,3})\s+words", re.I
)


def with_context(rules: tuple[Rule, ...], context: str | None) -> tuple[Rule, ...]:
    """Replace safe defaults by what the context plainly asks for, kept inside the safe ranges.

    Learned rules stay: evidence goes before a wish.
    """
    wishes = _wishes(context or "")
    return tuple(_wished(rule, wishes) if rule.name in wishes else rule for rule in rules)


def _wishes(context: str) -> dict[str, tuple[int, int, str]]:
    found: dict[str, tuple[int, int, str]] = {}
    for name, pattern, what in _WISHES:
        if match := pattern.search(context):
            low, high = sorted((int(match.group(1)), int(match.group(2))))
            found[name] = (low, high, what)
    if "body_words" not in found and (most := _MOST_WORDS.search(context)):
        found["body_words"] = (0, int(most.group(1)), "words in the first mail")
    return found


def _wished(rule: Rule, wishes: dict[str, tuple[int, int, str]]) -> Rule:
    low, high, what = wishes[rule.name]
    if rule.strength is not Strength.DEFAULT or (rule.name == "body_words" and rule.step != 1):
        return rule
    bounds = safe(rule.name, rule.step)
    low, high = max(low, bounds.low), min(high, bounds.high)
    if low > high:
        return rule
    text = f"{FROM_CONTEXT} {low} to {high} {what}."
    return rule.model_copy(update={"low": Decimal(low), "high": Decimal(high), "text": text})
