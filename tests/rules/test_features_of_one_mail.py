"""What is counted in one mail."""

from __future__ import annotations

from decimal import Decimal

import pytest

from outrider.campaigns import measure
from outrider.campaigns.features import extract
from outrider.campaigns.parse import parse
from outrider.campaigns.types import CtaType, Features, ParsedMail, StructureType, SubjectForm

HEADERS = {
    "From": "Sam Lee <sam@brand.example>",
    "To": "Jane Roe <jane.roe@acmeworks.example>",
    "Subject": "Leases at Acmeworks",
    "Date": "Tue, 3 Mar 2026 09:30:00 -0600",
    "Message-ID": "<1@brand.example>",
}
BODY = """Hi Jane,

Saw that Acmeworks opened 40 new sites. Most controllers keep leases in spreadsheets and find
errors at the audit.

We read each lease and save the team ten days a quarter.

Would it be worth comparing notes?

Sam
"""


def mail(body: str = BODY, **headers: str) -> ParsedMail:
    named = HEADERS | {name.replace("_", "-"): value for name, value in headers.items()}
    raw = "\n".join(f"{name}: {value}" for name, value in named.items()) + "\n\n" + body
    parsed = parse(raw.encode())
    assert isinstance(parsed, ParsedMail)
    return parsed


def features(body: str = BODY, **headers: str) -> Features:
    return extract(mail(body, **headers))


def test_a_good_sales_mail_shows_its_build() -> None:
    found = features()
    assert found.word_count == 40
    assert (found.cta_type, found.cta_count, found.cta_position) == (CtaType.QUESTION, 1, "end")
    assert found.greeting == "hi"
    assert found.opening == "prospect_fact"
    assert set(found.personalization) == {"greeting_name", "company"}
    assert found.subject_tokens == ("company",)
    assert (found.subject_words, found.subject_form) == (3, SubjectForm.STATEMENT)
    assert found.paragraphs == 3
    assert found.structure_type is StructureType.PLAIN
    assert (found.value_words, found.problem_words) == (1, 3)
    assert not found.is_bulk


def test_the_hour_of_sending_is_the_senders_own() -> None:
    assert (features().sent_weekday, features().sent_hour) == (1, 9)
    undated = features(Date="yesterday, more or less")
    assert (undated.sent_weekday, undated.sent_hour) == (None, None)


@pytest.mark.parametrize(
    ("last_line", "cta"),
    [
        ("Are you free for a 15 minute call on Thursday?", CtaType.MEETING),
        ("Can we schedule a demo next week?", CtaType.MEETING),
        ("Pick a time here: https://calendly.com/sam", CtaType.MEETING),
        ("Open to seeing how they did it?", CtaType.QUESTION),
        ("Is somebody else the right person?", CtaType.QUESTION),
        ("Just reply with a yes.", CtaType.REPLY),
        ("Let me know what you think.", CtaType.REPLY),
        ("Click here to see more: https://brand.example", CtaType.LINK),
        ("All the best from a rainy town", CtaType.NONE),
    ],
)
def test_the_ask_is_named(last_line: str, cta: CtaType) -> None:
    assert features(f"Hi Jane,\n\nWe read leases for retailers.\n\n{last_line}\n").cta_type is cta


def test_a_meeting_ask_outweighs_a_soft_one() -> None:
    both = "Hi Jane,\n\nIs it worth a look? Could we set up a call on Friday?\n"
    assert features(both).cta_type is CtaType.MEETING
    assert features(both).cta_count == 2


@pytest.mark.parametrize(
    ("greeting", "kind", "named"),
    [
        ("Hi Jane,", "hi", True),
        ("Hey Jane -", "hey", True),
        ("Dear Ms. Roe,", "dear", True),
        ("Hi there,", "hi", False),
        ("Dear customer,", "dear", False),
        ("Hello,", "hello", False),
        ("Jane,", "other", True),
        ("Our offer", "none", False),
    ],
)
def test_a_greeting_with_a_name_is_personal(greeting: str, kind: str, named: bool) -> None:
    found = features(f"{greeting}\n\nWe sell.\n", To="list@brand.example")
    assert found.greeting == kind
    assert ("greeting_name" in found.personalization) is named


def test_quoted_text_and_signatures_are_not_the_senders_words() -> None:
    quoted = BODY + "\n-- \nSam Lee, Brand, one very long signature with many words\n"
    quoted = "On Mon, 2 Mar 2026, Jane Roe wrote:\n> an old text\n> of many words\n" + quoted
    assert features(quoted).word_count == features().word_count


def test_answers_are_told_from_first_mails_and_counted_without_their_prefix() -> None:
    found = features(Subject="Re: AW: Leases at Acmeworks")
    assert found.is_reply
    assert found.subject_words == 3


def test_generic_phrases_and_subjects_are_seen() -> None:
    found = features(
        "Hi Jane,\n\nI hope this email finds you well. Just checking in.\n",
        Subject="Quick question",
    )
    assert found.generic_phrases == 2
    assert found.subject_generic
    assert found.opening == "pleasantry"


def test_an_unsubscribe_header_alone_makes_no_newsletter() -> None:
    polite = features(List_Unsubscribe="<https://brand.example/u>")
    listed = features(List_Id="news <news.brand.example>")
    assert (polite.is_bulk, listed.is_bulk) == (False, True)


def test_a_page_of_links_is_a_newsletter_that_asks_by_link() -> None:
    rows = "".join(
        f"<tr><td><a href='https://x.example/{n}'>Story {n} is here</a></td></tr>"
        for n in range(20)
    )
    found = features(f"<html><table>{rows}</table></html>", Content_Type="text/html")
    assert found.structure_type is StructureType.NEWSLETTER
    assert (found.cta_type, found.links) == (CtaType.LINK, 20)


def test_the_same_mail_gives_the_same_features() -> None:
    assert features() == features()


@pytest.mark.parametrize(
    "body",
    [
        "?",
        "...",
        "Hi",
        "\u202e\u0000 \ud800 odd",
        "a" * 300_000,
        "Hi Jane,\n" * 5_000,
        "1. x\n" * 900,
    ],
)
def test_no_text_is_too_odd_to_measure(body: str) -> None:
    parsed = parse(b"Subject: x\n\n" + body.encode("utf-8", "surrogatepass"))
    if isinstance(parsed, ParsedMail):
        assert extract(parsed).word_count >= 1


def test_the_grade_level_follows_its_formula() -> None:
    words = ["cat"] * 20 + ["table"] * 20
    # 40 words, 4 sentences, 60 syllables: 0.39*10 + 11.8*1.5 - 15.59 = 6.01
    assert measure.grade_level(words, 4) == Decimal("6.0")
    assert measure.grade_level(words[:29], 2) is None


def test_syllables_are_counted_as_spoken() -> None:
    counts = [
        measure.syllables(word) for word in ("lease", "table", "audit", "company", "the", "x")
    ]
    assert counts == [1, 2, 2, 3, 1, 1]


def test_wrapped_lines_are_one_sentence_and_html_lines_are_not() -> None:
    text = "One sentence over\ntwo lines. Another?\n\nThird"
    assert len(measure.sentences(text, wrapped=True)) == 3
    assert len(measure.sentences(text, wrapped=False)) == 4
