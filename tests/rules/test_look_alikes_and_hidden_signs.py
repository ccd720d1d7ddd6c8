"""What a reviewer sees is what a recipient gets, and what the rules judge."""

from __future__ import annotations

import time

import pytest

from outrider.drafts.check import check, grounds_of
from outrider.drafts.rules import compose, wording
from outrider.drafts.types import Thread, Wording
from outrider.guardrails.reading.letters import mixed, plain, seen
from outrider.guardrails.types import Claim, ClaimedFactId, Finding
from tests.drafts_world import write_request

BODY = (
    "Hi Dana,\n\nYour team at Harbor Outfitters reads every lease amendment by hand today. {}\n\n"
    "Who reads the amendments today, and how long does it take?"
)


def judged(words: str, claims: tuple[Claim, ...] = ()) -> list[Finding]:
    request = write_request()
    given = Wording(subject="Lease terms at Harbor", body=BODY.format(words))
    content = compose(given, request.recipient, request.sender, 1, Thread())
    body = wording(given.subject, given.body).body
    return list(check(content, body, claims, grounds_of(request)))


def blocked_by(words: str) -> set[str]:
    return {item.check for item in judged(words) if item.severity == "block"}


def test_the_text_around_the_cases_is_clean() -> None:
    assert judged("It takes days.") == []


@pytest.mark.parametrize(
    "hidden",
    [
        "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u061c", "\u00ad", "\u034f", "\u180e",
        "\u202e", "\u2066", "\u2060", "\u3164", "\uffa0", "\ufe0f", "\ufeff", "\U000e0041", "\x00",
        "\x1b", "\ud800",
    ],
)  # fmt: skip
def test_no_sign_that_nobody_sees_stays_in_a_mail(hidden: str) -> None:
    words = wording(f"Lease{hidden} terms", f"Hi{hidden} Dana, 8{hidden}.9")
    assert words == Wording(subject="Lease terms", body="Hi Dana, 8.9")


@pytest.mark.parametrize(
    "words",
    [
        "Lease\u200cKit does it.", "ＬｅａｓｅＫｉｔ does it.", "𝐋𝐞𝐚𝐬𝐞𝐊𝐢𝐭 does it.",
        "Lea\u0455eKit does it.", "le\u0430sekit does it.", "LEASE\u039aIT does it.",
    ],
)  # fmt: skip
def test_a_rival_in_disguise_is_still_named(words: str) -> None:
    assert "competitor_named" in blocked_by(words)


@pytest.mark.parametrize(
    "words",
    [
        "You lease ８.９ billion of stores.", "You lease 8\u200d.9 billion of stores.",
        "You lease ½ of it.", "You have ⑨⑨ stores.", "You have ٩ stores.", "You have Ⅻ stores.",
        "You have x² stores.", "You have hundreds of leases.", "Dozens of leases moved.",
        "A third of your leases moved.", "You lease 4\u00ad12 stores.", "You lease &#56;.9 billion.",
    ],
)  # fmt: skip
def test_a_figure_in_disguise_needs_a_fact(words: str) -> None:
    assert "claim_uncovered" in blocked_by(words)


@pytest.mark.parametrize(
    "words",
    [
        "See bit.ly/x for more.", "See evil.example/pay today.", "Pay at evil.com today.",
        "See ftp://evil.example/x today.", "See HTTP://EVIL.EXAMPLE today.",
        "See www.evil.example today.", "See http:\\\\evil.example today.",
        "See https://ledgerway.example/sam@evil.example today.",
        "See https://ledgerway.example.evil.example/sam today.",
    ],
)  # fmt: skip
def test_no_link_but_the_senders_own(words: str) -> None:
    assert "booking_link" in blocked_by(words)


@pytest.mark.parametrize(
    "words",
    [
        "See https://ledgerway.example/sam today.", "It is the 10-K/A and/or the 10-Q.",
        "That is e.g. a lease, i.e. a contract.", "Thanks.Your team reads on.",
    ],
)  # fmt: skip
def test_ordinary_words_are_no_links(words: str) -> None:
    assert "booking_link" not in blocked_by(words)


def test_a_word_of_two_alphabets_is_blocked_and_one_of_one_is_not() -> None:
    assert "mixed_letters" in blocked_by("Use p\u0430ypal today.")
    assert [found[0] for found in mixed("Привет Zoë Ευρώ café")] == []
    assert seen("p\u0430yp\u0430l") == "paypal"


def test_honest_letters_stay_as_they_are() -> None:
    text = "Zoë, São Paulo, Ærø, Łódź, 東京, نص, 5 €, naïve - ok\nnext"
    assert plain(text) == text


def test_a_storm_of_claims_is_judged_in_a_moment() -> None:
    claims = tuple(
        Claim(span="1", fact_id=ClaimedFactId(write_request().dossier.facts[0].id), value="1")
        for _ in range(2_000)
    )
    before = time.process_time()
    found = judged("1 " * 4_000, claims)
    assert time.process_time() - before < 20
    assert "claim_count" in {item.check for item in found}
    assert len(found) < 1_000
