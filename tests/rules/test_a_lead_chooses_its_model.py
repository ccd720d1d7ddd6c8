"""Which tier a lead's task gets follows from a few rules over our own figures of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from outrider.agents.routing import RULES, Lead, Routing, Rule, route
from outrider.kernel.asking import Tier

WRITE = "drafts/write@1"


@pytest.mark.parametrize(
    ("lead", "tier"),
    [
        (Lead(points=Decimal(90), facts=5), Tier.HEAVY),
        (Lead(points=Decimal(65), employees=30_000, facts=5), Tier.HEAVY),
        (Lead(points=Decimal(65), employees=300, facts=5), Tier.MID),
        (Lead(points=Decimal(65), facts=5, step=2), Tier.LIGHT),
        (Lead(points=Decimal(65), facts=0), Tier.LIGHT),
        (Lead(points=Decimal(20), facts=5), Tier.LIGHT),
        (Lead(facts=5), Tier.LIGHT),
        (Lead(points=Decimal(20), facts=0, step=3, answers=1), Tier.HEAVY),
    ],
)
def test_the_shipped_rules(lead: Lead, tier: Tier) -> None:
    found = route(Routing(), WRITE, lead)
    assert found is not None
    assert found.tier is tier
    assert found.why == RULES[(found.rule or 0) - 1].why


def test_a_task_that_no_rule_names_keeps_its_own_tier() -> None:
    assert route(Routing(), "drafts/judge@1", Lead(points=Decimal(99))) is None


def test_routing_can_be_switched_off() -> None:
    assert route(Routing(is_on=False), WRITE, Lead(points=Decimal(99))) is None


def test_what_is_not_known_fits_no_condition_on_it() -> None:
    rule = Rule(tier=Tier.HEAVY, why="large", least_employees=1)
    assert not rule.fits(WRITE, Lead())
    assert rule.fits(WRITE, Lead(employees=1))


def test_a_rule_may_name_segments_and_tasks_in_any_case_and_version() -> None:
    rule = Rule(tier=Tier.MID, why="retail", tasks=("drafts/write",), industries=("Retail",))
    assert rule.fits("drafts/write@7", Lead(industry="retail"))
    assert not rule.fits("drafts/write@7", Lead(industry="banking"))
    assert not rule.fits("drafts/rewrite@1", Lead(industry="retail"))
