"""Before a costly pattern runs, a quick look asks whether it could find anything: that look hides nothing."""

from __future__ import annotations

import re

import pytest

from outrider.guardrails.evidence import derived, growth, untold
from outrider.guardrails.reading import mentions, relative
from outrider.guardrails.reading.plainwords import small, starts_of, words_of
from tests.claims.measure import HALVES, HELD_OUT, READ, drafts

TEXTS = [row.mail.body for name in (*HALVES, *READ, HELD_OUT) for row in drafts(name)[::3]]
"""Every third published draft."""


def spans(pattern: re.Pattern[str], text: str) -> set[tuple[int, int]]:
    return {found.span() for found in pattern.finditer(text)}


@pytest.mark.parametrize("name", ["_MOVES", "_THAN", "_AVERAGE", "_COMPARES", "_SHARES"])
def test_every_growth_and_comparison_is_found(name: str) -> None:
    pattern = getattr(growth, name)
    told = [text for text in TEXTS if pattern.search(text)]
    assert told
    for text in told:
        assert spans(pattern, text) <= set(growth.moved(text))


def test_every_trend_passes_the_look() -> None:
    told = [text for text in TEXTS if growth._TREND.search(text)]
    assert told
    for text in told:
        assert growth._may_trend(text, words_of(text))


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        ("_AFTER_EVENT", "_EVENT_STARTS"),
        ("_NOUN", "_EVENT_STARTS"),
        ("_DEFINITE", "_SUDDEN_STARTS"),
        ("_HAPPENED", "_SUDDEN_STARTS"),
    ],
)
def test_every_event_begins_as_one_that_is_looked_for(name: str, starts: str) -> None:
    told = [text for text in TEXTS if getattr(untold, name).search(text)]
    assert told
    for text in told:
        assert not getattr(untold, starts).isdisjoint(starts_of(text))


def test_every_time_that_counts_from_today_lies_in_a_stretch_that_is_read() -> None:
    found = 0
    for text in TEXTS:
        read = mentions.windows(relative._told_times(small(text)), relative._AROUND)
        for start, end in spans(relative._RELATIVE, text):
            found += 1
            assert any(low <= start and end <= high for low, high in read), text[start:end]
    assert found


def test_every_share_and_ratio_is_found() -> None:
    told = [text for text in TEXTS if derived._SHARE.search(text) or derived._CENTS.search(text)]
    assert told
    assert all(derived.shares_in(text) for text in told)


def test_everything_that_counts_off_is_found() -> None:
    told = [text for text in TEXTS if mentions._COUNTED_OFF.search(text)]
    assert told
    for text in told:
        assert spans(mentions._COUNTED_OFF, text) <= set(mentions.zones(text))


def test_small_letters_stand_where_the_text_has_them() -> None:
    for text in (
        "Since \u0130stanbul, LAST WEEK",
        "\u017fix of ten, TWO of four",
        "\u2019\u00c9T\u00c9\u2019 Last Week",
    ):
        assert len(small(text)) == len(text)
        assert bool(re.search("last week", text, re.IGNORECASE)) == ("last week" in small(text))
    assert "six of ten" in small("\u017fix of ten")
