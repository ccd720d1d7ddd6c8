"""Words are cleaned of a model's typography and of nothing that a person wrote, in any script."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outrider.drafts.rules import wording
from outrider.guardrails.reading.letters import plain
from outrider.kernel.errors import InvalidInput

TYPOGRAPHY = (
    "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2026\u2014\u2015\u2013\u00a0\u202f\u2007"
)
anything = st.text(
    alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from(TYPOGRAPHY + " \n\u0301"),
    min_size=1,
    max_size=200,
)


def cleaned(text: str) -> str | None:
    try:
        return wording("A subject", text).body
    except InvalidInput:
        return None


def letters(text: str) -> list[str]:
    """What carries the words: letters, marks, digits, symbols such as emoji, in their order."""
    # Hidden signs and dressed-up letters are another matter: see `guardrails.reading.letters`.
    shown = unicodedata.normalize("NFC", plain(text))
    return [sign for sign in shown if unicodedata.category(sign)[0] in "LMNS"]


@settings(max_examples=500, deadline=None)
@given(anything)
@example("Zoe\u0308 \u2014 caf\u00e9\u2026 \u201cna\u00efve\u201d")
@example("\u05e9\u05dc\u05d5\u05dd \u2014 \u0645\u0631\u062d\u0628\u0627\u2026")
@example(
    "\U0001f44d\U0001f3fd \U0001f1eb\U0001f1f7 \u0928\u092e\u0938\u094d\u0924\u0947 \ud55c\uad6d\uc5b4"
)
@example("\u1112\u1161\u11ab a\u0323\u0307 \u212b")
def test_no_letter_accent_or_emoji_is_lost_or_moved(text: str) -> None:
    after = cleaned(text)
    if after is not None:
        assert letters(after) == letters(text.strip())


@settings(max_examples=500, deadline=None)
@given(anything, anything)
def test_cleaning_twice_is_cleaning_once(subject: str, body: str) -> None:
    try:
        once = wording(subject, body)
    except InvalidInput:
        return
    assert wording(once.subject, once.body) == once
    for text in (once.subject, once.body):
        assert unicodedata.is_normalized("NFC", text)
        assert not set(text) & set(TYPOGRAPHY.replace("\u2013", ""))
    assert "\n" not in once.subject


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Zoe\u0308 Mu\u0308ller", "Zo\u00eb M\u00fcller"),
        ("It\u2019s \u201cdone\u201d\u2026 \u2014 really", "It's \"done\"... - really"),
        ("leases\u2014and more", "leases - and more"),
        ("10\u201320 sites", "10\u201320 sites"),
        ("5\u202f000\u00a0\u20ac", "5 000 \u20ac"),
        ("well-known \U0001f642", "well-known \U0001f642"),
    ],
)  # fmt: skip
def test_typography_becomes_plain_and_words_stay(before: str, after: str) -> None:
    assert cleaned(before) == after
