"""The first rule that holds decides; what cannot be told counts against the draft; much is never automatic."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.drafts.review import rules
from outrider.drafts.review.bands import Calibrated
from outrider.drafts.review.policy import BUILT_IN
from outrider.drafts.review.types import Action, Bands, Clock, Policy, Risk, Rule
from outrider.guardrails.types import Severity
from tests.policy_world import SURE, UNSURE, case, draft, finding, scores


def rule(when: str, action: Action, **more: object) -> Rule:
    values = {"name": when[:60], "reason": "Because.", **more}
    return Rule.model_validate({"when": when, "action": action, **values})


AUTO = Policy(auto_approve=True, rules=(rule("true", Action.AUTO_APPROVE),))


def test_the_first_rule_that_holds_decides() -> None:
    policy = Policy(
        rules=(
            rule("step > 5", Action.BLOCK),
            rule("step == 1", Action.ESCALATE, to="compliance", approvals=2),
            rule("true", Action.REVIEW),
        )
    )
    said = rules.verdict(policy, case())
    assert (said.action, said.rule, said.to, said.approvals) == (
        Action.ESCALATE, "step == 1", "compliance", 2,
    )  # fmt: skip


def test_an_escalation_without_a_name_goes_to_the_first_of_the_chain() -> None:
    policy = Policy(
        rules=(rule("true", Action.ESCALATE),), clock=Clock(chain=("ann@brand.example",))
    )
    assert rules.verdict(policy, case()).to == "ann@brand.example"


def test_a_draft_that_no_rule_speaks_of_is_read_by_a_person() -> None:
    said = rules.verdict(Policy(), case())
    assert (said.action, said.rule) == (Action.REVIEW, "otherwise")


def test_until_somebody_sets_a_policy_seniors_read_what_is_sensitive() -> None:
    said = rules.verdict(BUILT_IN, case(draft(finding("sensitive_contract"))))
    assert (said.action, said.to, said.risk) == (Action.ESCALATE, "campaign_manager", Risk.HIGH)
    assert rules.verdict(BUILT_IN, case()).action is Action.REVIEW


@pytest.mark.parametrize("action", [Action.BLOCK, Action.ESCALATE])
def test_a_strict_rule_that_cannot_be_told_holds(action: Action) -> None:
    said = rules.verdict(Policy(rules=(rule("scores.tone < 3", action),)), case(judged=False))
    assert said.action is action
    assert "scores.tone is not known for this draft" in said.reason
    assert "counts as true" in said.reason


@pytest.mark.parametrize("action", [Action.AUTO_APPROVE, Action.REVIEW])
def test_a_lenient_rule_that_cannot_be_told_is_passed_over_and_nothing_is_automatic_after_it(
    action: Action,
) -> None:
    unsure = rule("account.revenue > 5", action)
    said = rules.verdict(Policy(auto_approve=True, rules=(unsure, *AUTO.rules)), case())
    assert said.action is Action.REVIEW
    assert said.rule == "true"
    assert "is passed over" in said.reason


def test_a_draft_that_everything_speaks_for_is_approved() -> None:
    said = rules.verdict(AUTO, case())
    assert (said.action, said.rule, said.risk) == (Action.AUTO_APPROVE, "true", Risk.LOW)


@pytest.mark.parametrize(
    ("policy", "given", "why"),
    [
        (AUTO.model_copy(update={"auto_approve": False}), case(), "not switched on"),
        (AUTO, case(draft(finding("length", Severity.BLOCK))), "a check blocks it"),
        (AUTO, case(draft(finding("length"))), "a check warns"),
        (AUTO, case(attributes={"deal_value": "2m"}), "its risk is medium"),
        (AUTO, case(industry="Bank"), "its risk is medium"),
        (AUTO, case(draft(version=2)), "answers what a person said"),
        (AUTO, case(calibrated=UNSURE), "too few decisions"),
        (AUTO, case(judged=False), "no judge has read it"),
        (AUTO, case(draft(held_back=True)), "the share that people always decide"),
        (AUTO, case(draft(is_seed=True)), "the share that people always decide"),
    ],
)
def test_what_a_person_ought_to_see_is_never_automatic(
    policy: Policy, given: rules.Case, why: str
) -> None:
    said = rules.verdict(policy, given)
    assert said.action is Action.REVIEW
    assert why in said.reason


def test_two_pairs_of_eyes_are_those_of_people() -> None:
    policy = Policy(auto_approve=True, rules=(rule("true", Action.AUTO_APPROVE, approvals=2),))
    said = rules.verdict(policy, case())
    assert said.action is Action.REVIEW
    assert "asks for two people" in said.reason


def test_one_weak_dimension_is_enough_for_a_person() -> None:
    one = draft()
    said = rules.verdict(AUTO, case(one, scores=scores(one, tone=2, others=5)))
    assert said.action is Action.REVIEW
    assert "the judge finds it weak in tone" in said.reason


def test_a_rule_raises_the_risk_and_never_lowers_it() -> None:
    high = rules.verdict(Policy(rules=(rule("true", Action.REVIEW, risk="high"),)), case())
    assert high.risk is Risk.HIGH
    policy = Policy(rules=(rule("true", Action.REVIEW, risk="low"),))
    assert rules.verdict(policy, case(draft(finding("length")))).risk is Risk.MEDIUM
    assert rules.verdict(policy, case(draft(finding("sensitive_legal")))).risk is Risk.HIGH


@pytest.mark.parametrize(
    ("confidence", "action"),
    [("0.90", Action.AUTO_APPROVE), ("0.899", Action.REVIEW), ("0.70", Action.REVIEW),
     ("0.699", Action.ESCALATE)],
)  # fmt: skip
def test_the_bands_decide_where_no_rule_fits(confidence: str, action: Action) -> None:
    measured = Calibrated(Decimal(confidence), 90, 100, "this step")
    said = rules.verdict(Policy(auto_approve=True), case(calibrated=measured))
    assert (said.action, said.rule) == (action, "band")
    assert "people left 90 of 100 drafts" in said.reason


def test_without_evidence_or_without_leave_the_bands_say_nothing() -> None:
    for policy, measured in ((Policy(auto_approve=True), UNSURE), (Policy(), SURE)):
        said = rules.verdict(policy, case(calibrated=measured))
        assert (said.action, said.rule) == (Action.REVIEW, "otherwise")


def test_what_the_first_reader_finds_weak_goes_to_a_senior() -> None:
    one = draft()
    policy = AUTO.model_copy(update={"first_reader": True})
    said = rules.verdict(policy, case(one, scores=scores(one, tone=2)))
    assert (said.action, said.rule, said.to) == (
        Action.ESCALATE, "first_reader", "campaign_manager",
    )  # fmt: skip
    assert "weak in tone (mean 3.60)" in said.reason
    fine = rules.verdict(policy, case(one))
    assert fine.action is Action.AUTO_APPROVE
    alone = rules.verdict(policy, case(one, judged=False))
    assert (alone.action, "No judge has read it." in alone.reason) == (Action.REVIEW, True)


CONDITIONS = st.sampled_from(
    ["true", "false", "step == 1", "blocked", "!blocked", "scores.tone > 3", "deal_value < 5",
     "calibrated_confidence > 0.9", "account.revenue > 1", "checks.size() > 0", "broken("]
)  # fmt: skip
RULES = st.builds(
    Rule,
    name=st.sampled_from(["a", "b", "c"]),
    when=CONDITIONS,
    action=st.sampled_from(Action),
    to=st.none(),
    reason=st.just("Because."),
    approvals=st.integers(1, 2),
    risk=st.none() | st.sampled_from(Risk),
)
POLICIES = st.builds(
    Policy,
    rules=st.lists(RULES, max_size=5).map(tuple),
    otherwise=st.sampled_from(Action),
    bands=st.just(Bands(auto=Decimal(0), escalate=Decimal(0), evidence=1, held_back=Decimal(0))),
    auto_approve=st.booleans(),
    first_reader=st.booleans(),
)
BLOCKED = case(draft(finding("length", Severity.BLOCK)))
GOOD = case()


@given(POLICIES)
def test_no_policy_approves_what_a_check_blocks(policy: Policy) -> None:
    assert rules.verdict(policy, BLOCKED).action is not Action.AUTO_APPROVE


@given(POLICIES, st.booleans(), st.booleans())
def test_whatever_is_automatic_was_allowed_judged_and_measured(
    policy: Policy, is_judged: bool, is_sure: bool
) -> None:
    said = rules.verdict(
        policy, case(GOOD.draft, judged=is_judged, calibrated=SURE if is_sure else UNSURE)
    )
    if said.action is Action.AUTO_APPROVE:
        assert policy.auto_approve
        assert is_judged
        assert is_sure
        assert said.risk is Risk.LOW
        assert said.reason
