"""What a person wrote is found above, below and between what their mail program quotes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from outrider.conversations.trim import new_text

OURS = "> Hi Dana,\n> a question about leases.\n> To stop these mails: https://x.example/u/1"


@pytest.mark.parametrize(
    "text",
    [
        f"Sounds good.\n\nOn Mon, 2 Mar 2026 at 09:12, Sam Hill <sam@try-brand.example> wrote:\n\n{OURS}",
        f"Sounds good.\n\nOn Mon, Mar 2, 2026 at 4:37 PM Sam Hill <\nsam@try-brand.example> wrote:\n{OURS}",
        "Sounds good.\n\nFrom: Sam Hill <sam@try-brand.example>\nSent: Monday\nTo: Dana\n\nHi Dana,",
        "Sounds good.\n\n-----Original Message-----\nHi Dana,\nunsubscribe here",
        f"Sounds good.\n\nAm 02.03.2026 um 09:12 schrieb Sam Hill <sam@try-brand.example>:\n{OURS}",
        "Sounds good.\n\n-- \nDana Cole\nController",
        "Sounds good.\n\nSent from my iPhone\n\nOn 2 Mar 2026, at 09:12, Sam Hill wrote:",
        f"{OURS}\n\nSounds good.",
        f"On Mon, 2 Mar 2026, Sam Hill <sam@try-brand.example> wrote:\n{OURS}\n\nSounds good.",
    ],
)
def test_only_the_new_words_are_left(text: str) -> None:
    assert new_text(text) == "Sounds good."


def test_a_quote_without_new_words_leaves_nothing() -> None:
    quoted = f"On Mon, 2 Mar 2026, Sam Hill <sam@try-brand.example> wrote:\n{OURS}"
    assert new_text(quoted) == ""


def test_a_sentence_about_a_date_is_no_quote() -> None:
    text = "Our year ends on January 31.\nLet's talk in February: what do you need?"
    assert new_text(text) == text


def test_a_short_answer_of_thanks_is_kept() -> None:
    assert new_text("Thanks,\nthat helps.") == "Thanks,\nthat helps."


@pytest.mark.parametrize("text", ["", "\n\n", ">" * 100_000, "From: " * 20_000, "-" * 200_000])
def test_strange_texts_are_read_in_time(text: str) -> None:
    assert len(new_text(text)) <= len(text)


def test_at_least_fifty_of_the_real_replies_are_exact(shared_data: Path) -> None:
    cases = json.loads((shared_data / "replies" / "cases.json").read_text())
    exact = [
        case["name"] for case in cases if new_text(case["message"]).split() == case["reply"].split()
    ]
    assert len(cases) == 54
    assert len(exact) >= 50
