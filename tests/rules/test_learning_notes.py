"""One rejection is an opinion, two are a note."""

from __future__ import annotations

import pytest

from outrider.learning.rules import edit_distance, notes


def test_what_two_people_ask_for_is_a_note() -> None:
    found = notes(["Shorter please.", "shorter, and do not open with filing data", "nice try"])
    assert [(note.text, note.support) for note in found] == [("Shorter please", 2)]


def test_one_note_that_repeats_itself_counts_once() -> None:
    assert notes(["Shorter. Shorter! Please, shorter."]) == ()


def test_the_most_asked_for_comes_first() -> None:
    found = notes(["less formal", "no jargon", "No jargon.", "Less formal", "please less formal"])
    assert [note.text for note in found] == ["less formal", "no jargon"]


@pytest.mark.parametrize("given", [[], ["", "  "], ["...", "!!!"]])
def test_nothing_said_is_no_note(given: list[str]) -> None:
    assert notes(given) == ()


@pytest.mark.parametrize(
    ("before", "after", "distance"),
    [
        ("same words", "same  words", 0),
        ("a small cat", "a cat", len("small")),
        ("a cat", "a small cat", len("small")),
        ("a small cat", "a large cat", len("small")),
        ("", "new words", len("new words")),
    ],
)
def test_the_distance_counts_the_words_that_changed(before: str, after: str, distance: int) -> None:
    assert edit_distance(before, after) == distance
