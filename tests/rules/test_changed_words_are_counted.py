"""The edit distance in words is Levenshtein's, and bounded in time."""

from __future__ import annotations

import time
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from outrider.drafts.review.override import word_distance

WORDS = st.lists(st.sampled_from("who reads your leases today".split()), max_size=8)


def by_the_book(old: tuple[str, ...], new: tuple[str, ...]) -> int:
    """The recursion of the definition."""

    @cache
    def far(one: int, other: int) -> int:
        if not one or not other:
            return one + other
        same = old[one - 1] == new[other - 1]
        return min(
            far(one - 1, other) + 1,
            far(one, other - 1) + 1,
            far(one - 1, other - 1) + (not same),
        )

    return far(len(old), len(new))


@given(WORDS, WORDS)
def test_it_is_the_distance_of_the_definition(old: list[str], new: list[str]) -> None:
    assert word_distance(old, new) == by_the_book(tuple(old), tuple(new))


@given(WORDS, WORDS)
def test_it_is_symmetric_and_zero_only_for_equals(old: list[str], new: list[str]) -> None:
    assert word_distance(old, new) == word_distance(new, old)
    assert (word_distance(old, new) == 0) == (old == new)


def test_replaced_added_and_removed_words_count_one_each() -> None:
    old = "Who reads your leases today".split()
    assert word_distance(old, "Who reads your contracts today".split()) == 1
    assert word_distance(old, "Who reads leases".split()) == 2
    assert word_distance([], old) == 5


def test_two_endless_mails_are_compared_in_bounded_time() -> None:
    old = [f"a{number}" for number in range(20_000)]
    new = [f"b{number}" for number in range(20_000)]
    start = time.process_time()
    assert word_distance(old, new) == 20_000
    assert time.process_time() - start < 15
