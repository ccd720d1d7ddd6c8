"""Any draft makes a card that Slack takes, and the whole text can be read; our validator knows the limits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outrider.app.slack import cards, modals
from outrider.app.slack.blocks import escaped
from outrider.app.slack.changes import changed, in_short
from outrider.app.slack.notices import notices
from outrider.app.slack.validate import (
    MOST_CHARACTERS,
    message_problems,
    units,
    view_problems,
    weight,
)
from tests.soak import trials

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


STATUSES = "pending approved queued sent rejected expired superseded withdrawn".split()
AT = "2026-03-02T15:00:00+00:00"
some_words = st.one_of(st.none(), words)
instants = st.sampled_from([None, AT])


def review() -> st.SearchStrategy[dict[str, Any] | None]:
    found = st.fixed_dictionaries(
        {
            "action": st.sampled_from(["auto_approve", "review", "escalate", "block"]),
            "rule": st.one_of(st.just("otherwise"), words),
            "reason": words,
            "risk": st.sampled_from(["low", "medium", "high"]),
            "confidence": st.one_of(st.none(), st.floats(0, 1)),
            "segment": words,
            "approvals_needed": st.integers(1, 2),
            "approved_by": st.lists(words, max_size=2),
            "due_at": instants,
            "assigned": some_words,
            "level": st.integers(0, 3),
            "snoozed_until": instants,
            "on_timeout": st.sampled_from(["hold", "escalate", "expire", "auto_send"]),
        }
    )
    return st.one_of(st.none(), found)


def scores() -> st.SearchStrategy[dict[str, Any] | None]:
    one = st.fixed_dictionaries({"score": st.integers(1, 5), "reason": words})
    found = st.fixed_dictionaries(
        {
            "by": words,
            "mean": st.floats(1, 5),
            "dimensions": st.dictionaries(st.sampled_from(["tone", "call_to_action"]), one),
        }
    )
    return st.one_of(st.none(), found)


def can() -> st.SearchStrategy[dict[str, Any] | None]:
    one = st.fixed_dictionaries({"allowed": st.booleans(), "why_not": some_words})
    verbs = "approve edit reject snooze take_back".split()
    return st.one_of(st.none(), st.fixed_dictionaries(dict.fromkeys(verbs, one)))


def drafts(statuses: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Drafts in the shape of the view, with any words in them."""
    return st.builds(lambda one, other: {**one, **other}, _drafts(statuses), happenings())


def _drafts(statuses: list[str]) -> st.SearchStrategy[dict[str, Any]]:
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
            "claims": st.lists(st.fixed_dictionaries({"span": words}), max_size=6),
            "confidence": st.floats(0, 1),
            "writer": words,
            "language": st.sampled_from(["en", "de"]),
            "cost_usd": st.floats(0, 9),
            "lineage_cost_usd": st.floats(0, 99),
            "note": some_words,
            "content_hash": st.just(HASH),
            "review": review(),
            "scores": scores(),
            "can": can(),
            "was_test": st.booleans(),
            "undo_until": instants,
            "diff": st.lists(
                st.tuples(st.sampled_from(["same", "removed", "added"]), words), max_size=12
            ),
            "decision": st.sampled_from([None, "approve", "edit", "reject"]),
            "decided_by": some_words,
            "decided_at": instants,
            "decision_note": some_words,
            "asked_for": some_words,
        }
    )


def happenings() -> st.SearchStrategy[dict[str, Any]]:
    """What the view of this door adds."""
    return st.fixed_dictionaries(
        {
            "asked": st.fixed_dictionaries(
                {
                    "users": st.lists(st.just("U012AB3CD"), max_size=9),
                    "names": st.lists(words, max_size=9),
                }
            ),
            "clock": st.one_of(
                st.none(), st.fixed_dictionaries({"step": st.just("1.0"), "notice": words})
            ),
            "sent": st.one_of(
                st.none(), st.fixed_dictionaries({"message_id": words, "at": st.just(AT)})
            ),
            "replies": st.lists(
                st.fixed_dictionaries(
                    {
                        "id": st.just("7"),
                        "kind": st.sampled_from(["reply", "opt_out", "bounce", "complaint"]),
                        "text": long_text,
                        "at": st.just(AT),
                    }
                ),
                max_size=2,
            ),
        }
    )


VERBS = {
    cards.APPROVE: "approve",
    cards.EDIT: "edit",
    cards.REJECT: "reject",
    cards.SNOOZE: "snooze",
}


def texts(block: dict[str, Any]) -> list[str]:
    own = block.get("text")
    return [own["text"]] if isinstance(own, dict) and own["type"] == "plain_text" else []


@pytest.mark.soak
@settings(max_examples=trials(300, otherwise=75), suppress_health_check=[HealthCheck.too_slow])
@given(drafts(STATUSES))
def test_any_draft_makes_a_card_that_slack_takes(draft: dict[str, Any]) -> None:
    text, blocks, has_text = cards.card(draft)
    assert message_problems(blocks) == []
    assert 0 < units(text) <= 40_000
    buttons = [b for block in blocks if block["type"] == "actions" for b in block["elements"]]
    named = {button["action_id"]: button for button in buttons}
    allowed = {verb for verb, one in (draft["can"] or {}).items() if one["allowed"]}
    if draft["status"] == "pending":
        assert {VERBS[name] for name in named if name != cards.OPEN} <= allowed
        assert cards.OPEN in named
    else:
        assert set(named) <= {cards.TAKE_BACK}
        assert not named or ("take_back" in allowed and draft["undo_until"])
    if not cards.is_whole_in_slack(draft):
        assert cards.APPROVE not in named
    for _, part in cards.parts(draft):
        assert message_problems(part) == []
    assert view_problems(modals.reject_view(draft, "{}")) == []
    assert view_problems(modals.open_view(draft)) == []
    if cards.fits_a_field(draft):
        assert view_problems(modals.edit_view(draft, "{}")) == []
    for notice in notices(draft):
        assert message_problems(notice.blocks) == []
        assert 0 < units(notice.text) <= 40_000
    if has_text:
        assert squeezed(draft["text"]) in squeezed("".join(t for b in blocks for t in texts(b)))


@pytest.mark.soak
@settings(max_examples=trials(100, otherwise=40), suppress_health_check=[HealthCheck.too_slow])
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
    assert not set("<>") & set(escaped(text))
    assert escaped(text).count("&") == sum(text.count(c) for c in "<>&")


def mrkdwn_of(blocks: Sequence[dict[str, Any]]) -> str:
    found = [block["text"]["text"] for block in blocks if "text" in block]
    found += [
        e["text"] for block in blocks if block["type"] == "context" for e in block["elements"]
    ]
    return "\n".join(found)


@pytest.mark.soak
@settings(max_examples=trials(150, otherwise=50), suppress_health_check=[HealthCheck.too_slow])
@given(drafts(STATUSES))
def test_nobody_is_called_and_nothing_is_linked_but_by_us(draft: dict[str, Any]) -> None:
    _, blocks, _ = cards.card(draft)
    marked = [b for b in blocks if b.get("text", {}).get("type") != "plain_text"]
    told = [block for notice in notices(draft) for block in notice.blocks]
    for sign in re.findall(r"<[^>]*>?", mrkdwn_of([*marked, *told])):
        assert re.match(r"<!date\^\d+\^\{date_short_pretty\} \{time(_secs)?\}\|", sign) or (
            sign == "<@U012AB3CD>" or re.match(r"<https?://[^|<> \n]+\|", sign)
        )


@pytest.mark.parametrize(
    ("pieces", "told"),
    [
        ([], ""),
        ([("same", "as it was")], ""),
        ([("removed", "all of "), ("added", "it")], "~all of~ *it*"),
        (
            [
                ("same", "We saw "),
                ("removed", "your 10-K "),
                ("added", "a filing "),
                ("same", "now"),
            ],
            "We saw ~your 10-K~ *a filing* now",
        ),
        (
            [("same", "one two three four five six seven eight "), ("added", "new")],
            "… four five six seven eight *new*",
        ),
        ([("removed", "*bold* ~x~\n`y`"), ("same", " z")], "~∗bold∗ ∼x∼ ˋyˋ~ z"),
        ([("removed", "<!channel> & co")], "~&lt;!channel&gt; &amp; co~"),
        ([("added", "\n\n")], "*¶*"),
    ],
)
def test_a_change_is_told_with_a_few_words_around_it(
    pieces: list[tuple[str, str]], told: str
) -> None:
    assert in_short(pieces) == told


def test_a_mail_that_was_written_anew_is_not_told_word_by_word() -> None:
    draft = {"version": 2, "status": "pending", "asked_for": "warmer <!here>"}
    pieces = [("removed", "one two three "), ("added", "other words "), ("same", "four")]
    [told] = changed({**draft, "diff": pieces})
    assert told["text"]["text"] == (
        "*Asked for* “warmer &lt;!here&gt;”\n*Changed* most of it: 1 of 4 words stayed"
    )
    [told] = changed({**draft, "diff": [("same", "as it was")]})
    assert told["text"]["text"].endswith("*Changed* nothing in its words")
    assert changed({**draft, "version": 1, "diff": []}) == []


def test_changes_that_do_not_fit_are_counted() -> None:
    pieces = [piece for n in range(200) for piece in (("same", f" w{n} "), ("added", "x" * 40))]
    told = in_short(pieces)
    assert units(told) < 1_300
    shown = told.count("*" + "x" * 40 + "*")
    assert told.endswith(f"_and {200 - shown} more_")


def section(text: str, kind: str = "plain_text") -> dict[str, Any]:
    return {"type": "section", "text": {"type": kind, "text": text}}


def button(**other: Any) -> dict[str, Any]:
    text = {"type": "plain_text", "text": "Go"}
    return {"type": "actions", "elements": [{"type": "button", "text": text, **other}]}


def option(text: str = "Later", value: str = "v") -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": text}, "value": value}


def menu(options: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "actions", "elements": [{"type": "overflow", "options": options}]}


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
        ([menu([])], "0 options"),
        ([menu([option()] * 6)], "6 options"),
        ([menu([option(value="x" * 151)])], "value is not 1 to 150"),
        ([menu([option(value="")])], "value is not 1 to 150"),
        ([menu([option(text="x" * 76)])], "over 75"),
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


def choice_of(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**field()[0], "element": {"type": "static_select", "options": options}}]


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
        (modal(blocks=choice_of([option()] * 101)), "101 options"),
        (modal(blocks=choice_of([option(text=" ")])), "empty"),
        (modal(blocks=[{**field()[0], "element": {"type": "datepicker"}}]), "cannot stand here"),
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
