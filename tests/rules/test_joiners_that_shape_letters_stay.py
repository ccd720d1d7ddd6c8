"""A hidden joiner stays where it shapes what is seen, in emoji and in Persian, and nowhere else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outrider.drafts.rules import wording
from outrider.guardrails.reading.letters import plain, seen

ZWNJ, ZWJ, VS16 = "\u200c", "\u200d", "\ufe0f"

KEPT = [
    "👨‍👩‍👧‍👦", "👩🏽‍💻", "🏳️‍🌈", "❤️‍🔥", "🏃🏾‍♂️", "👁️‍🗨️", "🧑‍🤝‍🧑", "☀️", "✈️ 8 July",
    "می‌خواهم", "کتاب‌ها را نمی‌بینم", "مُ‌ن", "क्‍ष", "ക്‌ഷ",
]  # fmt: skip


@pytest.mark.parametrize("words", KEPT)
def test_what_a_writer_typed_in_emoji_persian_and_hindi_arrives(words: str) -> None:
    composed = unicodedata.normalize("NFC", words)
    assert plain(words) == words
    assert wording("Lease terms", f"Hi Dana {words} today").body == f"Hi Dana {composed} today"


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("Lease\u200dKit", "LeaseKit"),
        ("8\u200c.9", "8.9"),
        ("👨\u200d father", "👨 father"),
        ("father \u200d👨", "father 👨"),
        ("a\ufe0fb 1\ufe0f", "ab 1"),
        ("می\u200c ", "می "),
        ("\u200cمی", "می"),
        ("م\u200c\u200c\u200dن", "م\u200cن"),
        ("👨\u200d\u200d\u200d👩", "👨\u200d👩"),
        ("☀\ufe0f\ufe0f\ufe0f", "☀\ufe0f"),
        ("م\u200cK", "مK"),
        ("🇩\u200d🇪", "🇩🇪"),
        ("👨\u200b\u200d👩", "👨\u200d👩"),
    ],
)
def test_elsewhere_nothing_hidden_stays(words: str, left: str) -> None:
    assert plain(words) == left


PIECES = st.sampled_from(
    [*"ab 8.é\nЖ東", "👨", "👩", "☀", "🏽", "م", "ی", "\u064e", "क", "\u094d", ZWNJ, ZWJ, VS16, "\u200b",
     "\u202e", "\u2060", "🇩"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=24).map("".join)
JOINERS = {ZWNJ, ZWJ, VS16}


@settings(max_examples=600, deadline=None)
@given(TEXTS)
def test_whatever_comes_a_joiner_stands_between_two_signs_that_it_joins(text: str) -> None:
    done = plain(text)
    assert plain(done) == done
    assert plain(seen(text)) == seen(text)
    bare = str.maketrans(dict.fromkeys([*JOINERS, "\u200b", "\u202e", "\u2060"]))
    assert done.translate(bare) == text.translate(bare)
    for at, sign in enumerate(done):
        if sign not in JOINERS:
            continue
        before, after = done[at - 1 : at], done[at + 1 : at + 2]
        if sign == VS16:
            assert before in {"👨", "👩", "☀"}
        elif before in {"م", "ی", "\u064e"}:
            assert after in {"م", "ی"}
        elif before == "\u094d":
            assert after in {"क", "\u094d"}
        else:
            assert sign == ZWJ
            assert before in {"👨", "👩", "☀", "🏽", VS16}
            assert after in {"👨", "👩", "☀"}


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_no_text_hides_more_than_one_joiner_in_a_place(text: str) -> None:
    done = plain(text)
    assert plain(done) == done
    assert ZWNJ + ZWNJ not in done
    assert ZWJ + ZWJ not in done
    assert VS16 + VS16 not in done
