"""Before a costly pattern runs, a quick look asks whether it could find anything: that look hides nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from outrider.guardrails.evidence import derived, growth, untold
from outrider.guardrails.mail import links
from outrider.guardrails.reading import mentions, relative
from outrider.guardrails.reading.plainwords import small, starts_of, words_of
from tests.claims.measure import HALVES, HELD_OUT, READ, drafts, judge

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


def test_a_look_at_words_takes_letters_as_patterns_do() -> None:
    assert {"third", "six", "million"} <= words_of("your TH\u0130RD, \u017fix, a m\u0131llion")
    third = "Your th\u0130rd store is near."
    assert list(untold._had(third, False)) == [(5, 16, "th\u0130rd")]


def test_a_link_that_is_glued_to_a_word_is_one() -> None:
    assert mentions.zones("Seewww.acme.example") == [(3, 19)]


@pytest.mark.parametrize("text", ["www.-3..fee", "WWW.,pay", "www.1a", "evil.example/a", "a.ly"])
def test_every_link_passes_the_look(text: str) -> None:
    assert links._LINK.search(text)
    assert list(links.foreign_links(text, (), ""))


@pytest.mark.parametrize(
    "words",
    [
        "six million",
        "6 million dollars",
        "two thirds of a billion",
        "six months ago",
        "within the last six weeks",
        "this spring",
        "your fifth anniversary",
        "sixty-six thousand",
        "five point six percent",
        "two point oh six million",
        "six point five and a half million",
        "6 kilometers and 5 kilos",
        "six in ten",
        "plans to shelve it",
    ],
)
@pytest.mark.parametrize(("plain", "strange"), ["i\u0130", "i\u0131", "s\u017f", "k\u212a"])
def test_a_strange_letter_in_a_number_is_judged_and_not_stumbled_over(
    words: str, plain: str, strange: str
) -> None:
    row = drafts(HALVES[0])[0]
    for written in (words.replace(plain, strange), words.upper().replace(plain.upper(), strange)):
        body = f"{row.mail.body}\n\nYou spent {written} in 2025."
        judge(replace(row, mail=row.mail.model_copy(update={"body": body})))
