"""What conditions see of a draft: each value from stored things, none of them guessed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from outrider.drafts.review.bands import Calibrated
from outrider.drafts.review.conditions import NAMES, amount, facts_of, research_confidence
from outrider.drafts.review.objections import contains_objection
from outrider.guardrails.types import Claim, ClaimedFactId, Severity
from outrider.kernel.ids import new_id
from tests.drafts_world import NOW, dossier
from tests.policy_world import UNSURE, about, draft, finding, scores


def test_every_name_is_known_but_those_that_may_be_missing() -> None:
    seen = facts_of(about(draft(), calibrated=UNSURE))
    missing = {item.name for item in NAMES} - seen.keys()
    assert missing == {
        *(name for name in (item.name for item in NAMES) if name.startswith("scores.")),
        "account.revenue",
    }
    assert seen["has_scores"] is seen["has_revenue"] is seen["has_calibrated_confidence"] is False
    assert seen["calibrated_confidence"] == 0


def test_scores_and_confidence_are_those_that_were_measured() -> None:
    one = draft()
    seen = facts_of(about(one, judged=scores(one, tone=2)))
    assert (seen["scores.tone"], seen["scores.brevity"], seen["scores.mean"]) == (2, 4, 3.6)
    assert seen["calibrated_confidence"] == 0.95
    assert seen["model_confidence"] == 0


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("120000", 120_000),
        ("$120,000", 120_000),
        ("USD 1.2m", 1_200_000),
        ("90 k", 90_000),
        ("€ 3 million", 3_000_000),
        ("1 200 000", 1_200_000),
        ("n/a", None),
        ("", None),
    ],
)
def test_an_amount_is_read_as_people_write_it(said: str, number: int | None) -> None:
    assert amount(said) == (None if number is None else Decimal(number))


def test_the_deal_value_comes_from_the_list_and_is_nothing_without_one() -> None:
    with_deal = facts_of(about(draft(), attributes={"Deal_Value": "$250k"}))
    assert (with_deal["deal_value"], with_deal["has_deal_value"]) == (250_000, True)
    without = facts_of(about(draft(), attributes={"deal_value": "tbd"}))
    assert (without["deal_value"], without["has_deal_value"]) == (0, False)


def test_findings_are_told_by_name_and_weight() -> None:
    found = (finding("sensitive_pricing"), finding("length", Severity.BLOCK))
    seen = facts_of(about(draft(*found)))
    assert seen["checks"] == ["length", "sensitive_pricing"]
    assert seen["sensitive"] == ["pricing"]
    assert seen["blocked"] is True
    assert seen["warned"] is True
    assert {"check": "length", "severity": "block"} in seen["findings"]  # type: ignore[operator]


def test_research_confidence_counts_claims_that_rest_on_a_fresh_filing() -> None:
    one, facts = draft(), dossier().facts
    assert research_confidence(one, facts, NOW.date()) == 1
    unknown = Claim(span="x", fact_id=ClaimedFactId(new_id(NOW)), value="x")
    half = one.model_copy(update={"claims": (*one.claims, unknown)})
    assert research_confidence(half, facts, NOW.date()) == Decimal("0.50")
    later = (NOW + timedelta(days=500)).date()
    assert research_confidence(one, facts, later) == 0
    assert research_confidence(one.model_copy(update={"claims": ()}), facts, NOW.date()) == 0


@pytest.mark.parametrize(
    ("industry", "group", "is_regulated"),
    [
        ("Commercial Banking", "financial", True),
        ("Hospitals & Health Systems", "health", True),
        ("Apparel retail", "retail", False),
        ("Underwater basket weaving", "other", False),
        (None, "unknown", False),
    ],
)
def test_an_industry_has_a_group(industry: str | None, group: str, is_regulated: bool) -> None:
    seen = facts_of(about(draft(), industry=industry))
    assert (seen["account.industry_group"], seen["account.is_regulated"]) == (group, is_regulated)


@pytest.mark.parametrize(
    "words",
    [
        "Thanks, but we're not interested.",
        "We already use another tool for this.",
        "It’s too expensive for us this year.",
        "Bad timing, maybe next quarter.",
        "We don't have the budget.",
        "Honestly I don't see a need for it.",
    ],
)
def test_an_objection_is_heard(words: str) -> None:
    assert contains_objection(words)
    assert facts_of(about(draft(), heard=words))["prospect_response_contains_objection"] is True


@pytest.mark.parametrize(
    "words", ["Sure, Tuesday works.", "Who else uses it?", "", "Send me the details, please."]
)
def test_interest_is_no_objection(words: str) -> None:
    assert not contains_objection(words)


def test_a_calibrated_confidence_says_what_it_rests_on() -> None:
    told = str(Calibrated(Decimal("0.95"), 100, 102, "this step"))
    assert told == "0.95: people left 100 of 102 drafts of this step unchanged"
