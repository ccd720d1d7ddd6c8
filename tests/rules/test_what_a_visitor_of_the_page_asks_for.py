"""A POST acts only on what a mail program or our own button says; a page speaks the reader's language."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.app.api.unsubscribe import wish_in
from outrider.app.api.unsubscribe_words import LANGUAGES, language
from outrider.sending.preferences import PAUSE_DAYS, Wish, pause_until

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=FormBoundary"
TWO_PARTS = (
    b'--FormBoundary\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
    b"One-Click\r\n--FormBoundary--\r\n"
)


@pytest.mark.parametrize(
    ("body", "kind", "wish"),
    [
        (b"List-Unsubscribe=One-Click", FORM, Wish.ALL),
        (b"List-Unsubscribe=One-Click\r\n", FORM, Wish.ALL),
        (b"list-unsubscribe=one-click", "", Wish.ALL),
        (TWO_PARTS, PARTS, Wish.ALL),
        (b"wish=all", FORM, Wish.ALL),
        (b"wish=pause", FORM, Wish.PAUSE),
        (b"wish=wrong", "application/x-www-form-urlencoded; charset=utf-8", Wish.WRONG),
        (b"wish=pause&List-Unsubscribe=One-Click", FORM, Wish.ALL),
        (b"", FORM, None),
        (b"", "", None),
        (b"{}", "application/json", None),
        (b"wish=", FORM, None),
        (b"wish=everything", FORM, None),
        (b"List-Unsubscribe=Two-Click", FORM, None),
        (b"&".join(b"a=%d" % n for n in range(50)), FORM, None),
        (TWO_PARTS, "multipart/form-data", None),
    ],
)
def test_a_post_asks_for_what_its_form_says_and_else_for_nothing(
    body: bytes, kind: str, wish: Wish | None
) -> None:
    assert wish_in(body, kind) is wish


@given(st.binary(max_size=300), st.sampled_from([FORM, PARTS, "multipart/form-data", "", "\xff"]))
def test_no_body_breaks_the_page(body: bytes, kind: str) -> None:
    assert wish_in(body, kind) in (None, *Wish)


@pytest.mark.parametrize(
    ("asked", "accepts", "code"),
    [
        ("", "", "en"),
        ("", "de-AT,de;q=0.9,en;q=0.8", "de"),
        ("", "nl,fr;q=0.4,es;q=0.5", "es"),
        ("", "it-IT,it;q=0.9", "en"),
        ("", "de;q=0", "en"),
        ("fr", "de", "fr"),
        ("xx", "de", "de"),
        ("<script>", "de", "de"),
        ("", ";;;,,q=,*", "en"),
    ],
)
def test_the_page_speaks_the_readers_language_or_english(
    asked: str, accepts: str, code: str
) -> None:
    assert language(asked, accepts) == code


@given(st.text(max_size=700))
def test_no_header_breaks_the_choice_of_a_language(accepts: str) -> None:
    assert language("", accepts) in LANGUAGES


def test_every_language_says_everything_and_names_the_day() -> None:
    for words in LANGUAGES.values():
        assert len(words.months.split()) == 12
        assert "{date}" in words.pause_means
        assert "{date}" in words.paused_means
        assert str(PAUSE_DAYS) in words.pause
        assert all(vars(words).values())
    assert LANGUAGES["de"].on(date(2026, 3, 2)) == "2. März 2026"
    assert LANGUAGES["es"].on(date(2026, 12, 31)) == "31 de diciembre de 2026"
    assert pause_until(date(2026, 3, 2)) == date(2026, 5, 31)
