"""Confidence is what people did with drafts like this one, never what a model says of itself."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from outrider.drafts.review.bands import (
    Tally,
    band,
    calibrated,
    industry_of,
    is_held_back,
    segment_of,
)
from outrider.drafts.review.types import Action, Bands
from outrider.kernel.ids import new_id
from tests.drafts_world import NOW


def tally(step: int, industry: str, hits: int, total: int) -> Tally:
    return Tally(step=step, industry=industry, hits=hits, total=total)


def test_the_narrowest_segment_with_enough_decisions_speaks() -> None:
    tallies = [tally(1, "retail", 40, 40), tally(1, "health", 5, 20), tally(2, "retail", 10, 30)]
    own = calibrated(tallies, 1, "Retail", 30)
    assert (own.hits, own.total, own.of) == (40, 40, "this step and industry (retail)")
    step = calibrated(tallies, 1, "Hospital", 30)
    assert (step.hits, step.total, step.of) == (45, 60, "this step")
    campaign = calibrated(tallies, 3, "Retail", 30)
    assert (campaign.hits, campaign.total, campaign.of) == (55, 90, "this campaign")


def test_too_few_decisions_are_no_evidence() -> None:
    assert calibrated([tally(1, "retail", 29, 29)], 1, "Retail", 30).confidence is None
    assert calibrated([], 1, None, 1).confidence is None


@pytest.mark.parametrize(
    ("hits", "total", "bound"),
    # The published interval: 30 of 30 has 0.886 as its lower end, 81 of 263 has 0.255 (Newcombe 1998).
    [(30, 30, "0.886"), (35, 35, "0.901"), (81, 263, "0.255"), (15, 148, "0.062")],
)
def test_the_confidence_is_the_lower_end_of_wilsons_interval(
    hits: int, total: int, bound: str
) -> None:
    found = calibrated([tally(1, "retail", hits, total)], 1, "retail", 1)
    assert found.confidence == Decimal(bound)


@given(st.integers(1, 400), st.integers(0, 400))
def test_every_further_change_by_a_person_lowers_it(total: int, changed: int) -> None:
    hits = max(0, total - changed)
    before = calibrated([tally(1, "x", hits, total)], 1, "x", 1).confidence
    after = calibrated([tally(1, "x", hits, total + 1)], 1, "x", 1).confidence
    assert before is not None
    assert after is not None
    assert after <= before


def test_a_segment_on_automatic_that_gets_worse_loses_it_by_itself() -> None:
    bands = Bands()
    good = calibrated([tally(1, "x", 60, 61)], 1, "x", bands.evidence)
    assert good.confidence is not None
    assert band(good.confidence, bands) is Action.AUTO_APPROVE
    worse = calibrated([tally(1, "x", 60, 66)], 1, "x", bands.evidence)
    assert worse.confidence is not None
    assert band(worse.confidence, bands) is Action.REVIEW


def test_bands_that_cross_are_refused() -> None:
    with pytest.raises(ValidationError, match="must not lie above"):
        Bands(auto=Decimal("0.5"), escalate=Decimal("0.7"))


def test_a_tenth_is_held_back_and_always_the_same() -> None:
    ids = [new_id(NOW) for _ in range(4_000)]
    held = [is_held_back(id_, Decimal("0.1")) for id_ in ids]
    assert 0.07 < sum(held) / len(held) < 0.13
    assert held == [is_held_back(id_, Decimal("0.1")) for id_ in ids]
    assert not any(is_held_back(id_, Decimal(0)) for id_ in ids)
    assert all(is_held_back(id_, Decimal(1)) for id_ in ids)


def test_a_segment_is_campaign_step_and_industry() -> None:
    assert segment_of(UUID(int=7), 2, "Regional bank") == f"{UUID(int=7)}/2/financial"
    assert industry_of("  ") == "unknown"
