"""A person is written to in the language of his country, where there is one."""

from __future__ import annotations

import re

import pytest

from outrider.drafts.language import NAMES, language_for, name_of
from outrider.drafts.rules import compose, content_hash
from outrider.drafts.types import Thread, Wording
from tests.drafts_world import recipient, sender


@pytest.mark.parametrize(
    ("countries", "language"),
    [
        (("DE", "US"), "de"), ((None, "FR"), "fr"), (("", "at"), "de"), (("Germany",), "de"),
        (("US",), "en"), (("CH",), "en"), (("BE",), "en"), (("CA",), "en"), ((None, None), "en"),
        ((), "en"), (("Atlantis",), "en"), (("BR", "PT"), "pt"), (("US", "DE"), "en"),
    ],
)  # fmt: skip
def test_the_person_s_country_comes_before_the_company_s(
    countries: tuple[str | None, ...], language: str
) -> None:
    assert language_for(countries) == language


@pytest.mark.parametrize(
    ("context", "language"),
    [
        ("We help teams. Write in German.", "de"), ("Language: fr", "fr"), ("language: Spanish", "es"),
        ("We help people who write in German offices", "de"), ("We sell in Germany.", "en"), (None, "en"),
    ],
)  # fmt: skip
def test_what_the_campaign_says_comes_first(context: str | None, language: str) -> None:
    assert language_for(("US",), context) == language


def test_every_language_has_a_name_and_no_unknown_one_breaks_a_sentence() -> None:
    assert all(len(code) == 2 and name_of(code) == name for code, name in NAMES.items())
    assert name_of("xx") == "xx"


def test_the_mail_names_its_language_and_the_footer_its_own() -> None:
    def mail(language: str) -> str:
        words = Wording(subject="Mietverträge", body="Guten Tag,\n\nwer liest?", language=language)
        return compose(words, recipient(), sender(), 1, Thread()).html

    assert '<html lang="de">' in mail("de")
    assert re.search(r'<p lang="en" style="font-size:12px', mail("de"))
    assert '<html lang="en">' in mail("en")
    assert 'lang="en" style' not in mail("en")
    assert '"><script>' not in mail('"><script>')


def test_the_language_is_part_of_what_is_approved() -> None:
    words = Wording(subject="Leases", body="Hi Dana,\n\nwho reads?")
    hashes = {
        content_hash(
            compose(words.model_copy(update={"language": code}), recipient(), sender(), 1, Thread())
        )
        for code in ("en", "de")
    }
    assert len(hashes) == 2
