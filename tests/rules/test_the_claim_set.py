"""The labelled drafts: what false drafts are stopped, and how many true ones are, per class."""

from __future__ import annotations

import time

import pytest

from tests.claims.measure import HALVES, Outcome, by_class, drafts, judge, stopped, tally

FLOORS = {"a": (0.99, 0.01), "b": (0.99, 0.02), "c": (0.99, 0.01), "d": (0.99, 0.01)}
"""Per half, the share caught at least and falsely blocked at most that hold today. Rules are developed
on all of them, so these guard what was won; on new drafts more is blocked, see `docs/claims.md`."""

NEVER_MISSED = (
    "comparison", "competitor", "edited_false", "growth", "invented_customer", "invented_event",
    "invented_name", "invented_number", "invented_product", "mixture", "relative_false", "stale", "swapped",
    "unclaimed", "vague", "wrong_company", "wrong_date", "wrong_relation", "wrong_rounding", "wrong_scale",
)  # fmt: skip


def outcomes(half: str) -> list[Outcome]:
    return [judge(row) for row in drafts(half)]


@pytest.mark.parametrize("half", HALVES)
def test_false_drafts_are_caught_at_the_right_words(half: str) -> None:
    assert tally(outcomes(half)).caught_share >= FLOORS[half][0]


@pytest.mark.parametrize("half", HALVES)
def test_no_more_true_drafts_are_blocked_than_today(half: str) -> None:
    assert tally(outcomes(half)).false_share <= FLOORS[half][1]


@pytest.mark.parametrize("half", HALVES)
def test_no_draft_of_these_classes_slips_through(half: str) -> None:
    counted = by_class(outcomes(half))
    assert [
        kind
        for kind in NEVER_MISSED
        if kind in counted and counted[kind].caught < counted[kind].due
    ] == []


def test_a_vague_quantity_and_an_old_fact_warn_and_do_not_block() -> None:
    rows = [row for half in HALVES for row in drafts(half) if row.kind == "vague"]
    assert len(rows) >= 8
    assert stopped([judge(row) for row in rows]) == []


def test_the_set_is_large_and_its_halves_share_no_company() -> None:
    parts = {half: drafts(half) for half in HALVES}
    companies = {half: {row.names.account for row in rows} for half, rows in parts.items()}
    assert sum(map(len, parts.values())) >= 500
    assert not companies["a"] & companies["b"]
    ids = [row.id for rows in parts.values() for row in rows]
    assert len(ids) == len(set(ids))


def test_every_blamed_piece_stands_in_its_draft() -> None:
    for row in (row for half in HALVES for row in drafts(half)):
        for words in row.blame:
            assert words in row.mail.body or words in row.mail.subject, row.id
        assert bool(row.blame) or row.should != "block", row.id


def test_a_draft_is_judged_in_a_few_milliseconds() -> None:
    rows = drafts("b")
    began = time.process_time()
    for row in rows:
        judge(row)
    # The figure is 1 ms; a loaded machine gets room.
    assert (time.process_time() - began) / len(rows) < 0.005
