"""What a policy says of one draft: the first rule that holds, else the band, else `otherwise`.

In: a policy, the values that its conditions see, what is known of the draft. Out: a verdict.
Never: I/O, a clock, chance; an automatic approval of anything that a person ought to see.

A condition that cannot be told counts against the draft: a rule that blocks or escalates is taken to
hold, one that approves or reviews is passed over, and nothing is approved automatically after that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from outrider.drafts.review import cel
from outrider.drafts.review.bands import Calibrated, band, is_held_back
from outrider.drafts.review.types import (
    WEAKEST_GOOD,
    Action,
    Policy,
    Risk,
    Rule,
    Scores,
    Verdict,
)
from outrider.drafts.types import Draft

LARGE_DEAL = 100_000
"""A deal above it is no low risk (C-38)."""

BAND = "band"
OTHERWISE = "otherwise"
FIRST_READER = "first_reader"
OWN_NAMES = frozenset({BAND, OTHERWISE, FIRST_READER})

ADMIN = "admin"
_STRICT = (Action.BLOCK, Action.ESCALATE)
_ORDER = (Risk.LOW, Risk.MEDIUM, Risk.HIGH)
LONGEST_REASON = 600
WEB_ALONE = "it claims what only a web page or a letter says"
UNREAD = "the second reader has not read it"
_AGAINST = {
    "blocked": "a check blocks it",
    "warned": "a check warns",
    "rests_on_web": WEB_ALONE,
}
"""Values of the draft that speak against it, the worst first."""

Values: TypeAlias = Mapping[str, object]


@dataclass(frozen=True)
class Case:
    """One draft before the policy."""

    draft: Draft
    values: Values
    scores: Scores | None
    calibrated: Calibrated
    is_read: bool = False
    """Whether the second reader is through with it; asked only where the policy wants one."""


def verdict(policy: Policy, case: Case) -> Verdict:
    """What this policy says of this draft."""
    rule, untold = first_rule(policy.rules, case.values)
    risk = risk_of(case.values, rule)
    if rule is not None:
        said = Verdict(
            action=rule.action,
            rule=rule.name,
            reason=rule.reason,
            to=rule.to,
            approvals=rule.approvals,
            risk=risk,
        )
    else:
        said = _without_rule(policy, case, risk)
    said = _first_read(policy, case, said)
    if said.action is Action.AUTO_APPROVE:
        why = "its rule asks for two people" if said.approvals > 1 else None
        why = why or why_not_auto(policy, case, risk)
        why = why or ("a rule could not be told" if untold else None)
        if why:
            said = _changed(said, Action.REVIEW, f"A person reads it: {why}.")
    if said.action is Action.ESCALATE and said.to is None:
        said = said.model_copy(update={"to": _first_senior(policy)})
    notes = [*untold, *(["No judge has read it."] if case.scores is None else [])]
    return said.model_copy(update={"reason": " ".join([said.reason, *notes])[:LONGEST_REASON]})


def first_rule(rules: Sequence[Rule], values: Values) -> tuple[Rule | None, list[str]]:
    """The first rule that holds, and a sentence for each rule before it that could not be told."""
    untold: list[str] = []
    for rule in rules:
        try:
            if cel.holds(rule.when, values):
                return rule, untold
        except cel.CannotTell as error:
            counted = "counts as true" if rule.action in _STRICT else "is passed over"
            untold.append(f"The rule {rule.name!r} could not be told ({error}) and {counted}.")
            if rule.action in _STRICT:
                return rule, untold
    return None, untold


def why_not_auto(policy: Policy, case: Case, risk: Risk) -> str | None:
    """Why this draft must not be approved without a person; None when nothing speaks against it.

    The words for a test of the reviewers are those for the share that is held back, so that nobody
    learns which it is.
    """
    draft = case.draft
    sample = "it belongs to the share that people always decide"
    if not policy.auto_approve:
        return "automatic approval is not switched on"
    if draft.blocked_by:
        return _AGAINST["blocked"]
    said = next((why for name, why in _AGAINST.items() if case.values.get(name)), None)
    if said is not None:
        return said
    if risk is not Risk.LOW:
        return f"its risk is {risk}"
    if draft.version > 1 or draft.writer.startswith("person:"):
        return "it answers what a person said"
    if case.calibrated.confidence is None:
        return "there are too few decisions on drafts like it"
    unread = _why_unread(policy, case)
    if unread is not None:
        return unread
    if draft.is_seed or is_held_back(draft.id, policy.bands.held_back):
        return sample
    return None


def _why_unread(policy: Policy, case: Case) -> str | None:
    """What its readers have against it: one that did not come, or a judge's low score."""
    if policy.second_reader.is_on and not case.is_read:
        return UNREAD
    if case.scores is None:
        return "no judge has read it"
    weak = _weak(case.scores)
    return f"the judge finds it weak in {weak}" if weak else None


def risk_of(values: Values, rule: Rule | None = None) -> Risk:
    """How much could go wrong; a rule can raise it, never lower it.

    High: sensitive words, or a check blocks. Medium: a warning, words of the open web, a large deal,
    a regulated field.
    """
    found = Risk.LOW
    deal = values.get("deal_value", 0)
    if (
        values.get("warned")
        or values.get("rests_on_web")
        or values.get("account.is_regulated")
        or (isinstance(deal, int | float) and deal > LARGE_DEAL)
    ):
        found = Risk.MEDIUM
    if values.get("sensitive") or values.get("blocked"):
        found = Risk.HIGH
    own = rule.risk if rule and rule.risk else Risk.LOW
    return max(found, own, key=_ORDER.index)


def _without_rule(policy: Policy, case: Case, risk: Risk) -> Verdict:
    confidence = case.calibrated.confidence
    if policy.auto_approve and confidence is not None:
        reason = f"Confidence {case.calibrated}."
        return Verdict(action=band(confidence, policy.bands), rule=BAND, reason=reason, risk=risk)
    reason = {
        Action.REVIEW: "A person reads every draft.",
        Action.AUTO_APPROVE: "No rule speaks of it.",
        Action.ESCALATE: "No rule speaks of it, so a senior decides.",
        Action.BLOCK: "No rule lets it pass.",
    }[policy.otherwise]
    return Verdict(action=policy.otherwise, rule=OTHERWISE, reason=reason, risk=risk)


def _first_read(policy: Policy, case: Case, said: Verdict) -> Verdict:
    """What a more conservative reader changes (C-41): what it finds weak goes to a senior."""
    scores = case.scores
    if not policy.first_reader or scores is None or scores.would_approve:
        return said
    weak = _weak(scores) or "the whole"
    told = f"{scores.by} read it first and finds it weak in {weak} (mean {scores.mean})."
    if said.action in _STRICT:
        return _changed(said, said.action, told)
    to = said.to or _first_senior(policy)
    changed = _changed(said, Action.ESCALATE, told)
    return changed.model_copy(update={"rule": FIRST_READER, "to": to})


def _weak(scores: Scores) -> str:
    """The dimensions below 3, in words."""
    low = [name for name, item in scores.scores.items() if item.score < WEAKEST_GOOD]
    return ", ".join(str(name).replace("_", " ") for name in low)


def _first_senior(policy: Policy) -> str:
    return policy.clock.chain[0] if policy.clock.chain else ADMIN


def _changed(said: Verdict, action: Action, why: str) -> Verdict:
    return said.model_copy(update={"action": action, "reason": f"{said.reason} {why}"})
