"""The labelled drafts: what false drafts are stopped, and how many true ones are, per class."""

from __future__ import annotations

import time
from functools import cache

import pytest

from tests.claims.measure import (
    HALVES,
    HELD_OUT,
    READ,
    Outcome,
    by_class,
    drafts,
    judge,
    stopped,
    tally,
)
from tests.claims.swaps import swaps

FLOORS = {"a": (0.97, 0.01), "b": (0.99, 0.02), "c": (0.99, 0.01), "d": (0.99, 0.01), "e": (0.99, 0.02),
          "f": (0.99, 0.01), "g": (0.9, 0.08), "h": (0.8, 0.12), "j": (0.48, 0.17)}  # fmt: skip
"""Per set, the share caught at least and falsely blocked at most that hold today. Rules are developed
on `a` to `g`, and `h` and `j` were read, so these guard what was won; on new drafts more is blocked, see
`docs/claims.md`. Learned weights let a few false ones of `a` and `g` through, and stop fewer true ones of a
stranger for it."""

NEVER_MISSED = (
    "comparison", "competitor", "growth", "invented_customer", "invented_name", "relative_false", "stale", "swapped",
    "vague", "wrong_company", "wrong_date", "wrong_rounding", "wrong_scale",
)  # fmt: skip
HARDLY_MISSED = {
    "edited_false": 0.97, "invented_event": 0.9, "invented_number": 0.93, "invented_product": 0.95, "mixture": 0.8,
    "unclaimed": 0.93, "wrong_relation": 0.97,
}  # fmt: skip
"""Classes with drafts that are missed, and the share that is caught at least."""


@cache
def outcomes(name: str) -> tuple[Outcome, ...]:
    return tuple(judge(row) for row in drafts(name))


@pytest.mark.parametrize("name", FLOORS)
def test_false_drafts_are_caught_at_the_right_words(name: str) -> None:
    assert tally(outcomes(name)).caught_share >= FLOORS[name][0]


@pytest.mark.parametrize("name", FLOORS)
def test_no_more_true_drafts_are_blocked_than_today(name: str) -> None:
    assert tally(outcomes(name)).false_share <= FLOORS[name][1]


def test_hardly_a_draft_of_these_classes_slips_through() -> None:
    counted = by_class([outcome for name in HALVES for outcome in outcomes(name)])
    assert [
        kind for kind, least in HARDLY_MISSED.items() if counted[kind].caught_share < least
    ] == []
    assert [kind for kind in NEVER_MISSED if counted[kind].caught < counted[kind].due] == []


def test_a_figure_of_another_fact_is_stopped_in_prose_that_was_true() -> None:
    for name, least in {"a": 0.85, "b": 0.8, "c": 0.85, "d": 0.87, "e": 0.8, "f": 0.8}.items():
        told = [judge(row).is_blocked for row in swaps(name)]
        assert len(told) > 50
        assert sum(told) / len(told) >= least, name


def test_a_vague_quantity_and_an_old_fact_warn_and_do_not_block() -> None:
    rows = [row for name in HALVES for row in drafts(name) if row.kind == "vague"]
    assert len(rows) >= 8
    assert stopped([judge(row) for row in rows]) == []


def test_the_set_is_large_and_its_parts_share_no_company() -> None:
    parts = {name: drafts(name) for name in (*HALVES, *READ, HELD_OUT)}
    companies = {name: {row.names.account for row in rows} for name, rows in parts.items()}
    assert sum(map(len, parts.values())) >= 2700
    assert sum(map(len, companies.values())) == len(frozenset().union(*companies.values()))
    for rows in parts.values():
        assert len({row.id for row in rows}) == len(rows)


def test_every_blamed_piece_stands_in_its_draft() -> None:
    for row in (row for name in (*HALVES, *READ, HELD_OUT) for row in drafts(name)):
        for words in row.blame:
            assert words in row.mail.body or words in row.mail.subject, row.id
        assert bool(row.blame) or row.should != "block", row.id


def test_a_draft_is_judged_in_a_few_milliseconds() -> None:
    rows = drafts("b")
    began = time.process_time()
    for row in rows:
        judge(row)
    # The aim is 1 ms; a slow machine gets room.
    assert (time.process_time() - began) / len(rows) < 0.01
