"""A search is made for what only the world outside can tell, and for nothing that a note forbids."""

from __future__ import annotations

import pytest

from outrider.drafts import seek
from outrider.drafts.ports import SearchHit
from outrider.prospects.types import Provenance
from tests.drafts_world import NOW


@pytest.mark.parametrize(
    "note",
    [
        "find their latest funding round", "mention their recent acquisition", "open with their news",
        "look up what they announced last week", "Search for a press release", "google them first",
        "please reference her LinkedIn post", "add something about the new warehouse they opened this month",
        "research them properly", "use their Q3 earnings call", "can you look it up?",
        "needs something recent about the company", "shorter; and mention the merger",
    ],
)  # fmt: skip
def test_these_notes_ask_for_a_search(note: str) -> None:
    found = seek.wanted(note, "Harbor Outfitters", ("Dana", "Ruiz"))
    assert len(found) == 1
    assert found[0].query.startswith("Harbor Outfitters ")
    assert found[0].part in note


@pytest.mark.parametrize(
    "note",
    [
        "shorter", "other angle", "mention the lease liability", "use the auditor as a hook",
        "don't mention the news", "drop the funding part", "no press releases please", "warmer",
        "quote the annual report", "find a better question", "new subject line", "lead with their problem",
        "use British spelling", "add a question about renewals", "the launch is old, remove it", "",
    ],
)  # fmt: skip
def test_these_notes_do_not(note: str) -> None:
    assert seek.wanted(note, "Harbor Outfitters") == ()


def test_a_query_names_no_person_no_address_and_is_short() -> None:
    note = (
        "look up Dana Ruiz's LinkedIn post, dana@harbor.example, +1 415 555 0100, and "
        "https://harbor.example/news"
    )
    for item in seek.wanted(note, "Harbor Outfitters", ("Dana", "Ruiz")):
        assert "Dana" not in item.query
        assert "Ruiz" not in item.query
        assert "@" not in item.query
        assert "415" not in item.query
        assert len(item.query) <= 120


def test_at_most_three_things_are_looked_up() -> None:
    note = "find news; find funding; find a press release; find their blog; look up their awards"
    assert len(seek.wanted(note, "Harbor Outfitters")) == seek.MOST_SEARCHES


def hit(url: str, quote: str, content: bytes = b"<p>page</p>") -> SearchHit:
    return SearchHit(url=url, title="t", quote=quote, retrieved_at=NOW, content=content)


def test_what_was_found_is_kept_as_a_fact_of_the_web_with_its_page() -> None:
    report = seek.report(
        "Harbor Outfitters",
        (
            hit("https://news.example/1", "Harbor  opens two stores."),
            hit("https://news.example/2", "Harbor opens two stores."),
            hit("https://news.example/3", "Another thing.", b"other"),
            hit("javascript:alert(1)", "A trap."),
            hit("https://news.example/4", "No page.", b""),
        ),
    )
    assert [fact.value for fact in report.facts] == ["Harbor opens two stores.", "Another thing."]
    pages = {document.url for document in report.documents}
    for fact in report.facts:
        assert fact.evidence.provenance is Provenance.WEB
        assert fact.evidence.url in pages
        assert fact.evidence.retrieved_at == NOW
        assert len(fact.evidence.raw_sha256) == 64
