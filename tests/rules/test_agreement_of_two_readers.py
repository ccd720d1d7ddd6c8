"""Kappa as the literature computes it, and silence where there is too little to tell."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.drafts.review.agree import LEAST_PAIRS, kappa

TABLES = st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), min_size=3, max_size=3)


def test_a_published_table_gives_the_published_figures() -> None:
    # Fleiss, Levin, Paik 2003, Statistical Methods for Rates and Proportions, table 18.1.
    found = kappa([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    assert found.kappa == Decimal("0.676")
    assert found.low is not None
    assert found.high is not None
    assert float(found.high - found.low) / 2 / 1.96 == pytest.approx(0.088, abs=0.001)


def test_distance_counts_where_categories_are_ordered() -> None:
    near, far = [[20, 10, 0], [0, 20, 10], [0, 0, 20]], [[20, 0, 10], [10, 20, 0], [0, 0, 20]]
    plain_near, plain_far = kappa(near).kappa, kappa(far).kappa
    ordered_near, ordered_far = (kappa(table, is_ordered=True).kappa for table in (near, far))
    assert ordered_near is not None
    assert ordered_far is not None
    assert ordered_near > ordered_far
    assert plain_near is not None
    assert plain_far is not None
    assert ordered_near > plain_near


def test_readers_who_always_agree_have_one_and_who_never_agree_less_than_none() -> None:
    assert kappa([[20, 0], [0, 20]]).kappa == 1
    opposed = kappa([[0, 20], [20, 0]])
    assert opposed.kappa == -1
    assert kappa([[15, 15], [15, 15]]).kappa == 0


def test_too_few_pairs_and_too_little_variety_are_said_plainly() -> None:
    few = kappa([[LEAST_PAIRS - 1, 0], [0, 0]])
    assert few.kappa is None
    assert "30 are needed" in (few.why_not or "")
    same = kappa([[50, 0], [0, 0]])
    assert same.kappa is None
    assert "without any variety" in (same.why_not or "")
    assert kappa([[0, 0], [0, 0]]).kappa is None


@given(table=TABLES, is_ordered=st.booleans())
def test_the_interval_holds_the_figure_and_stays_in_bounds(
    table: list[list[int]], is_ordered: bool
) -> None:
    found = kappa(table, is_ordered=is_ordered)
    if found.kappa is None:
        assert found.why_not
        return
    assert found.low is not None
    assert found.high is not None
    assert -1 <= found.low <= found.kappa <= found.high <= 1
