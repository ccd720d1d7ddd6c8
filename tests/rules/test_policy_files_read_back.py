"""A policy file says what it means: read, written and read again it is the same, and a slip is named."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.drafts.review import policy as policies
from outrider.drafts.review import policy_file
from outrider.drafts.review.types import Action, OnTimeout, Policy, Rule
from outrider.kernel.errors import InvalidInput

TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)


def test_the_example_can_be_used_as_it_is() -> None:
    policy = policy_file.read(policy_file.EXAMPLE)
    policies.check(policy, set())
    assert policies.warnings(policy) == ()
    assert policy.clock.sla == timedelta(hours=4)
    assert policy.bands.auto == Decimal("0.9")
    assert not policy.auto_approve


def test_the_example_shows_every_field_but_the_optional_ones() -> None:
    shown = policy_file.read(policy_file.EXAMPLE).model_dump()
    for name, value in Policy().model_dump().items():
        assert (
            f"{name} =" in policy_file.EXAMPLE or f"[{name}]" in policy_file.EXAMPLE or value == ()
        )
        if isinstance(value, dict):
            assert all(f"\n{inner} = " in policy_file.EXAMPLE for inner in value)
    assert shown["rules"]


@given(
    st.builds(
        Policy,
        rules=st.lists(
            st.builds(
                Rule,
                name=TEXT,
                when=TEXT,
                action=st.sampled_from(Action),
                to=st.none() | st.sampled_from(["admin", "ann@brand.example"]),
                reason=TEXT,
                approvals=st.integers(1, 2),
                risk=st.none(),
            ),
            max_size=3,
        ).map(tuple),
        auto_approve=st.booleans(),
    )
)
def test_what_is_written_reads_back_the_same(policy: Policy) -> None:
    assert policy_file.read(policy_file.write(policy)) == policy


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("when then", "is not TOML"),
        ("foo = 1", "has foo, which nobody knows"),
        ("[clock]\nsla = '4x'", "'4x' is no duration"),
        ("[clock]\non_timeout = 'send'", "clock.on_timeout cannot be used ('send')"),
        ("[bands]\nauto = 0.5", "must not lie above auto"),
        ("[guard]\nundo = '2h'", "guard.undo cannot be used"),
        ("[[rules]]\nname = 'big'\nwhen = 'true'\nreason = 'r'", "lacks action of rule 'big'"),
        (
            "[[rules]]\nname = 'big'\nwhen = 'true'\nreason = 'r'\naction = 'aprove'",
            "action of rule 'big' cannot be used ('aprove')",
        ),
        ("[[rules]]\nname='b'\nreason='r'\naction='review'\nwhen='" + "x" * 2001 + "'", "when of rule 'b'"),
    ],
)  # fmt: skip
def test_a_slip_is_named_in_one_sentence(text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        policy_file.read(text)
    assert said in refused.value.message
    assert "\n" not in refused.value.message


def one(**more: object) -> Policy:
    values = {"name": "big", "when": "step == 1", "action": "review", "reason": "r", **more}
    return Policy(rules=(Rule.model_validate(values),))


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (one(when="stp == 1"), "The condition of the rule 'big' cannot be used: column 1: 'stp'"),
        (one(name="otherwise"), "The rule name 'otherwise' is taken"),
        (one(to="boss"), "which is no role and no address"),
        (one(to="zoe@brand.example"), "who is no member here"),
        (Policy(rules=one().rules * 2), "is used twice"),
        (Policy.model_validate({"clock": {"chain": ["chief"]}}), "The chain names 'chief'"),
        (
            Policy.model_validate(
                {"auto_approve": True, "guard": {"seeded": 0.1}, "bands": {"held_back": 0}}
            ),
            "guard.seeded needs bands.held_back above 0",
        ),
    ],
)
def test_a_policy_that_cannot_work_is_refused(policy: Policy, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        policies.check(policy, {"ann@brand.example"})
    assert said in refused.value.message


def test_what_is_allowed_but_hardly_meant_is_told() -> None:
    [line] = policies.warnings(one(action="auto_approve"))
    assert "auto_approve is off" in line
    [line] = policies.warnings(Policy(otherwise=Action.AUTO_APPROVE))
    assert "`otherwise` approves" in line


def test_differences_are_told_rule_by_rule_and_value_by_value() -> None:
    before = Policy(rules=(*one().rules, *one(name="old").rules))
    changed = one(when="step == 2").rules[0]
    after = Policy.model_validate(
        {
            "rules": [changed, *one(name="new", action="escalate", to="admin").rules],
            "clock": {"on_timeout": OnTimeout.HOLD},
        }
    )
    assert policies.differences(before, after) == (
        "- rule 'old': step == 1 → review",
        "+ rule 'new': step == 1 → escalate to admin",
        "~ rule 'big': when 'step == 1' → 'step == 2'",
        "~ clock.on_timeout: escalate → hold",
    )
    assert policies.differences(before, before) == ()
