"""Any draft makes a card that Slack takes, and the whole text can be read; our validator knows the limits."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outrider.app.slack import cards
from outrider.app.slack.validate import (
    MOST_CHARACTERS,
    message_problems,
    units,
    view_problems,
    weight,
)

NASTY = '<!channel> & *bold* _x_ `code` <https://evil.example|click> \U0001f600 \u202e ﷽ "\\ \x07'
words = st.one_of(
    st.text(max_size=60),
    st.just(NASTY),
    st.builds(lambda word, times: (word + " ") * times, st.text(max_size=30), st.integers(0, 60)),
    st.sampled_from(["&" * 4000, "\x01" * 3000, "\U0001f600" * 3000, "<" * 500, " \n " * 900, ""]),
)
long_text = st.one_of(
    words,
    st.builds(lambda text, times: text * times, words, st.integers(1, 12)),
    st.builds(lambda word, times: f"{word}\n" * times, words, st.integers(1, 200)),
)
url = st.one_of(
    words, st.just("https://x.example/" + "a&" * 140), st.just("https://x.example/a|b>c")
)
HASH = "0123456789abcdef" * 4


def finding() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"severity": st.sampled_from(["block", "warn", "note"]), "message": words, "fix": words}
    )


STATUSES = "pending approved queued sent rejected superseded withdrawn".split()


def drafts(statuses: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Drafts in the shape of the view, with any words in them."""
    return st.fixed_dictionaries(
        {
            "id": st.just("019caf10-3180-702d-b3ba-eff956b4b9a1"),
            "number": st.integers(1, 10**15),
            "version": st.integers(1, 10**6),
            "status": st.sampled_from(statuses),
            "campaign": words,
            "account": words,
            "contact": words,
            "contact_title": st.one_of(st.none(), words),
            "sender": words,
            "step": st.integers(1, 9),
            "subject": words,
            "text": long_text,
            "body": long_text,
            "findings": st.lists(finding(), max_size=9),
            "reasoning": st.lists(words, max_size=7),
            "sources": st.lists(
                st.fixed_dictionaries({"label": words, "url": url, "quote": words}), max_size=7
            ),
            "confidence": st.floats(0, 1),
            "writer": words,
            "note": st.one_of(st.none(), words),
            "content_hash": st.just(HASH),
            "decided_by": st.one_of(st.none(), words),
            "decided_at": st.one_of(st.none(), st.just("2026-03-02T15:00:00+00:00")),
            "decision_note": st.one_of(st.none(), words),
        }
    )


def texts(block: dict[str, Any]) -> list[str]:
    own = block.get("text")
    return [own["text"]] if isinstance(own, dict) and own["type"] == "plain_text" else []


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drafts(STATUSES))
def test_any_draft_makes_a_card_that_slack_takes(draft: dict[str, Any]) -> None:
    text, blocks, has_text = cards.card(draft)
    assert message_problems(blocks) == []
    assert 0 < units(text) <= 40_000
    buttons = [b for block in blocks if block["type"] == "actions" for b in block["elements"]]
    assert bool(buttons) is (draft["status"] == "pending")
    is_blocked = any(item["severity"] == "block" for item in draft["findings"])
    if is_blocked or not cards.is_whole_in_slack(draft):
        assert cards.APPROVE not in [button["action_id"] for button in buttons]
    for _, part in cards.parts(draft):
        assert message_problems(part) == []
    assert view_problems(cards.reject_view(draft, "{}")) == []
    assert view_problems(cards.open_view(draft)) == []
    if cards.fits_a_field(draft):
        assert view_problems(cards.edit_view(draft, "{}")) == []
    if has_text:
        assert squeezed(draft["text"]) in squeezed("".join(t for b in blocks for t in texts(b)))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drafts(["pending"]))
def test_what_can_be_approved_in_slack_can_be_read_there(draft: dict[str, Any]) -> None:
    _, blocks, has_text = cards.card(draft)
    actions = [b["action_id"] for x in blocks if x["type"] == "actions" for b in x["elements"]]
    if cards.APPROVE in actions and not has_text:
        shown = [text for _, part in cards.parts(draft) for block in part for text in texts(block)]
        assert squeezed("".join(shown)) == squeezed(draft["text"])


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@given(st.text(alphabet="<>&!|@ab", max_size=50))
def test_words_of_others_are_never_a_mention_or_a_link(text: str) -> None:
    assert not set("<>") & set(cards.escaped(text))
    assert cards.escaped(text).count("&") == sum(text.count(c) for c in "<>&")


def section(text: str, kind: str = "plain_text") -> dict[str, Any]:
    return {"type": "section", "text": {"type": kind, "text": text}}


def button(**other: Any) -> dict[str, Any]:
    text = {"type": "plain_text", "text": "Go"}
    return {"type": "actions", "elements": [{"type": "button", "text": text, **other}]}


@pytest.mark.parametrize(
    ("blocks", "says"),
    [
        ([], "0 blocks"),
        ([section("x")] * 51, "51 blocks"),
        ([section("x" * 3001)], "3,001 characters, over 3,000"),
        ([section("\U0001f600" * 1501)], "over 3,000"),
        ([section("  ")], "empty"),
        ([section("x", "markdown")], "plain_text or mrkdwn"),
        ([{"type": "section"}], "text or fields"),
        ([{"type": "section", "fields": [section("x")["text"]] * 11}], "11 fields"),
        ([{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}], "over 150"),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "plain_text is needed"),
        ([{"type": "context", "elements": []}], "0 elements"),
        ([{"type": "actions", "elements": button()["elements"] * 26}], "26 elements"),
        ([button(action_id="x" * 256)], "action_id"),
        ([button(value="x" * 2001)], "value"),
        ([button(url="x" * 3001)], "url"),
        ([button(style="loud")], "style"),
        ([button(action_id="a"), button(action_id="a")], "same action_id"),
        ([{**section("x"), "block_id": "a"}] * 2, "same block_id"),
        ([{"type": "input"}], "cannot stand here"),
        ([{"type": "poem"}], "cannot stand here"),
        ([section("x" * 2990)] * 5, "over 13,200"),
    ],
)
def test_what_slack_would_refuse_is_found(blocks: list[dict[str, Any]], says: str) -> None:
    assert any(says in problem for problem in message_problems(blocks))


def modal(**other: Any) -> dict[str, Any]:
    title = {"type": "plain_text", "text": "Title"}
    return {"type": "modal", "title": title, "blocks": [section("x")], **other}


def field(**other: Any) -> list[dict[str, Any]]:
    label = {"type": "plain_text", "text": "Label"}
    return [{"type": "input", "label": label, "element": {"type": "plain_text_input", **other}}]


@pytest.mark.parametrize(
    ("view", "says"),
    [
        (modal(title={"type": "plain_text", "text": "x" * 25}), "over 24"),
        (modal(submit={"type": "plain_text", "text": "x" * 25}), "over 24"),
        (modal(private_metadata="x" * 3001), "private_metadata"),
        (modal(callback_id="x" * 256), "callback_id"),
        (modal(blocks=[section("x")] * 101), "101 blocks"),
        (modal(blocks=field()), "submit"),
        (modal(blocks=field(max_length=3001)), "max_length"),
        (modal(blocks=field(initial_value="x" * 3001)), "initial_value"),
        (modal(type="home"), "not modal"),
    ],
)
def test_a_modal_that_slack_would_refuse_is_found(view: dict[str, Any], says: str) -> None:
    assert any(says in problem for problem in view_problems(view))


def test_a_message_just_under_the_limits_is_taken() -> None:
    blocks: list[dict[str, Any]] = [section("x" * 3000)] * 4
    blocks.append(section("x" * (MOST_CHARACTERS - weight([*blocks, section("x")]) + 1)))
    assert weight(blocks) == MOST_CHARACTERS
    assert message_problems(blocks) == []
    assert view_problems(modal(private_metadata="x" * 3000)) == []
