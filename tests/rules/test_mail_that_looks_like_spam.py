"""Mail does not shout, hide, shorten or pretend; what filters punish is found before they see it."""

from __future__ import annotations

import pytest

from outrider.guardrails.types import Severity
from tests.guarded import BODY, NAMES, findings, mail, saying, severities, with_html

NAME = "spam_structure"
LONG = "<p>A lease schedule is only as good as the last amendment somebody read, and nobody reads it.</p>"


@pytest.mark.parametrize(
    ("words", "severity"),
    [
        (
            "ACT NOW TO SAVE ON YOUR LEASES BEFORE THIS OFFER GOES AWAY FOREVER TODAY ONLY",
            Severity.BLOCK,
        ),
        ("This is it!!!", Severity.BLOCK),
        ("Save $$$ now", Severity.BLOCK),
        ("Really?!", Severity.WARN),
        ("Yes! Yes! Yes! Yes!", Severity.WARN),
        ("PLEASE READ THIS once more.", Severity.WARN),
        ("See bit.ly/3xYz for it.", Severity.BLOCK),
        ("See https://tinyurl.com/abc for it.", Severity.BLOCK),
    ],
)
def test_loud_or_shortened_words_are_found(words: str, severity: Severity) -> None:
    assert severities(saying(words))[NAME] is severity


@pytest.mark.parametrize(
    "words",
    [
        "ASC 842 and IFRS 16 differ.",
        "Good luck!",
        "NASA and OSHA ask for it.",
        "It's $5, not $6.",
        "A habit.lyric/verse",
        "The 10-K says USD.",
    ],
)
def test_ordinary_words_are_not_loud(words: str) -> None:
    assert NAME not in severities(saying(words))


@pytest.mark.parametrize(
    "subject", ["SAVE ON YOUR LEASES", "\U0001f680\U0001f525\U0001f4b0", "..."]
)
def test_a_subject_in_capitals_or_without_a_word_is_blocked(subject: str) -> None:
    assert severities(mail(subject=subject))[NAME] is Severity.BLOCK


def test_a_company_that_writes_itself_in_capitals_is_not_shouting() -> None:
    names = NAMES.model_copy(update={"account": "BLUE MESA FOODS, INC."})
    letter = mail(
        BODY + "\n\nBLUE MESA FOODS is where? BLUE MESA FOODS, INC. it is.", "BLUE MESA FOODS, INC."
    )
    assert findings(letter, NAME, names) == []
    assert findings(letter, NAME)


@pytest.mark.parametrize("subject", ["שכירות", "リース台帳", "الإيجارات", "ASC 842"])
def test_scripts_without_capitals_never_shout(subject: str) -> None:
    assert NAME not in severities(mail(subject=subject))


@pytest.mark.parametrize(
    "inside",
    [
        LONG + '<p style="display:none">casino</p>',
        LONG + '<span style="font-size:0">casino</span>',
        LONG + '<span style="FONT-SIZE: 1px">casino</span>',
        LONG + '<p style="color:#ffffff">casino</p>',
        LONG + '<p style="color:#fefefe;background:white">casino</p>',
        LONG + '<font color="white">casino</font>',
        LONG + '<div style="background:#000"><p style="color:rgb(0,0,0)">casino</p></div>',
        LONG + '<div style="max-height:0;overflow:hidden">casino</div>',
        LONG + '<p style="position:absolute;left:-9999px">casino</p>',
        LONG + "<p hidden>casino</p>",
        LONG + '<p style="opacity:0">casino</p>',
    ],
)
def test_hidden_text_is_blocked(inside: str) -> None:
    found = findings(with_html(inside), NAME)
    assert [item.severity for item in found] == [Severity.BLOCK]
    assert "casino" in found[0].message


def test_white_on_black_is_seen() -> None:
    inside = '<div style="background-color:#000"><p style="color:#fff">A lease question</p></div>'
    assert severities(with_html(inside)) == {}


@pytest.mark.parametrize(
    "inside",
    [
        '<img src="https://x.example/a.png" alt="Buy">',
        LONG + "<form action='https://x.example'><input name=q></form>",
        LONG + "<script>alert(1)</script>",
        LONG + '<iframe src="https://x.example"></iframe>',
        LONG + '<a href="https://evil.example/login">https://bank.example/login</a>',
        LONG + "".join(f'<a href="https://x.example/{n}">page {n}</a>' for n in range(9)),
    ],
    ids=["image-only", "form", "script", "iframe", "lying-link", "links"],
)
def test_html_that_filters_punish_is_blocked(inside: str) -> None:
    assert severities(with_html(inside))[NAME] is Severity.BLOCK


@pytest.mark.parametrize("target", ["javascript:alert(1)", " JaVa\tScript:x", "data:text/html,x"])
def test_links_that_run_code_are_blocked(target: str) -> None:
    inside = f'{LONG}<a href="{target}">the terms</a>'
    assert severities(with_html(inside))["injection_residue"] is Severity.BLOCK


def test_a_link_may_show_its_own_host() -> None:
    inside = LONG + '<a href="https://www.ledgerway.example/sam?x=1">ledgerway.example</a>'
    assert severities(with_html(inside)) == {}


def test_a_shortened_booking_link_warns_because_the_operator_chose_it() -> None:
    letter = mail().model_copy(update={"booking_link": "https://bit.ly/sam-ortiz"})
    assert severities(letter)[NAME] is Severity.WARN


def test_a_broken_link_of_the_operator_is_judged_without_failing() -> None:
    assert NAME not in severities(mail().model_copy(update={"booking_link": "https://[::1/x"}))
