"""The whole mail is lawful, readable, threaded, and its hash covers every field."""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.drafts.rules import compose, content_hash, wording
from outrider.drafts.types import MailContent, Recipient, Sender, Thread, Wording
from outrider.guardrails.content import clean
from outrider.kernel.errors import InvalidInput
from outrider.prospects.types import ContactId

RECIPIENT = Recipient(
    contact_id=ContactId(UUID(int=1)),
    email="dana@harbor.example",
    first_name="Dana",
    last_name="Ruiz",
    title="Controller",
)
SENDER = Sender(
    mailbox_id=UUID(int=2),
    address="sam@try-ledgerway.example",
    name="Sam Ortiz",
    brand="Ledgerway",
    postal_address="12 Main Street, Springfield, IL 62701",
    booking_link="https://ledgerway.example/sam",
    unsubscribe_url="https://ledgerway.example/u/abc?a=1&b=2",
)
WORDS = Wording(subject="Lease terms at Harbor", body="Hi Dana,\n\nWho reads your <leases>?")


def whole(**changes: object) -> MailContent:
    return compose(WORDS, RECIPIENT, SENDER.model_copy(update=changes), 1, Thread())


def test_the_text_carries_words_signature_and_footer() -> None:
    assert whole().text == (
        "Hi Dana,\n\n"
        "Who reads your <leases>?\n\n"
        "Sam Ortiz\nLedgerway\nBook a time: https://ledgerway.example/sam\n\n"
        "Sam Ortiz, Ledgerway, 12 Main Street, Springfield, IL 62701\n"
        "If you'd rather not hear from me again, unsubscribe here: "
        "https://ledgerway.example/u/abc?a=1&b=2\n"
        "or reply with the word stop.\n"
    )


def test_the_html_says_the_same_words_and_nothing_can_break_out_of_it() -> None:
    html = whole().html
    assert '<html lang="en">' in html
    assert "<title>Lease terms at Harbor</title>" in html
    assert "Who reads your &lt;leases&gt;?" in html
    assert '<a href="https://ledgerway.example/u/abc?a=1&amp;b=2">' in html
    assert html.count("<a ") == 2
    evil = compose(
        Wording(subject='"><script>', body="Hi Dana, <script>alert(1)</script> \"'"),
        RECIPIENT,
        SENDER,
        1,
        Thread(),
    )
    assert "<script" not in evil.html


def test_a_link_that_begins_another_is_wrapped_once() -> None:
    html = whole(booking_link="https://ledgerway.example/u").html
    assert html.count("<a ") == 2
    assert "</a>/abc" not in html


def test_the_own_signature_is_used_and_the_booking_link_not_repeated() -> None:
    text = whole(signature="Sam\nhttps://ledgerway.example/sam").text
    assert text.count("https://ledgerway.example/sam") == 1
    assert "Book a time" not in text


def test_a_mail_program_can_unsubscribe_in_one_click() -> None:
    headers = whole().headers
    assert headers["List-Unsubscribe"] == (
        "<https://ledgerway.example/u/abc?a=1&b=2>, "
        "<mailto:sam@try-ledgerway.example?subject=unsubscribe>"
    )
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "In-Reply-To" not in headers


def test_a_follow_up_answers_the_last_mail_and_names_all_before_it() -> None:
    thread = Thread(
        message_ids=("<one@x.example>", "<two@x.example>"), subject="Re: RE: Lease terms at Harbor"
    )
    mail = compose(WORDS, RECIPIENT, SENDER, 3, thread)
    assert mail.subject == "Re: Lease terms at Harbor"
    assert mail.headers["In-Reply-To"] == "<two@x.example>"
    assert mail.headers["References"] == "<one@x.example> <two@x.example>"


def test_a_follow_up_without_an_earlier_mail_is_no_reply() -> None:
    mail = compose(WORDS, RECIPIENT, SENDER, 2, Thread())
    assert mail.subject == "Lease terms at Harbor"
    assert "References" not in mail.headers


@given(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=60))
def test_what_is_composed_is_clean_and_has_no_hidden_signs(body: str, subject: str) -> None:
    try:
        mail = compose(Wording(subject=subject, body=body), RECIPIENT, SENDER, 1, Thread())
    except InvalidInput:
        return
    assert clean(mail.text) == mail.text
    assert clean(mail.subject) == mail.subject
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject + mail.text
    assert "\x00" not in mail.subject + mail.text + mail.html
    mail.text.encode("utf-8")


def test_nothing_can_be_hidden_from_the_reviewer() -> None:
    words = wording("Lease\u202e terms\u200b", "Hi\u2066 Dana\ufeff, pay\u00ad now\u2069")
    assert (words.subject, words.body) == ("Lease terms", "Hi Dana, pay now")


@pytest.mark.parametrize(
    ("subject", "body", "field"),
    [
        ("", "x", "subject"),
        ("x", " \n ", "body"),
        ("x", "y" * 30_000, "body"),
        ("\x00", "x", "subject"),
    ],
)
def test_an_empty_or_endless_text_is_refused_by_name(subject: str, body: str, field: str) -> None:
    with pytest.raises(InvalidInput, match=f"The {field} "):
        wording(subject, body)


def test_the_hash_has_not_moved() -> None:
    """A changed hash would undo every approval that waits; it needs a new prefix and a decision."""
    content = MailContent(
        recipient=RECIPIENT, sender=SENDER, subject="Lease terms", text="Hi Zo\u00eb", html="<p>Hi Zo\u00eb</p>",
        step=1, headers={"References": "<a@x.example>"}, attachments=("ab" * 32,),
    )  # fmt: skip
    whole_of_it = content.model_dump(mode="json")
    assert whole_of_it["sender"].pop("layout") is None  # came later; without one nothing changes
    canonical = json.dumps(whole_of_it, sort_keys=True, separators=(",", ":"))
    by_hand = hashlib.sha256(b"outrider.mail.v1\n" + canonical.encode()).hexdigest()
    assert content_hash(content) == by_hand
    assert (
        content_hash(content) == "10ed931a3ef716b3d180d017d111d8dfaeebb5217ab831dae2b534f3419697c2"
    )


def leaves(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in leaves(item, (*path, key))]
    return [path]


ALL_FIELDS = leaves(whole().model_dump(mode="python"))


@pytest.mark.parametrize("path", ALL_FIELDS, ids=["/".join(map(str, path)) for path in ALL_FIELDS])
def test_a_change_of_any_field_changes_the_hash(path: tuple[object, ...]) -> None:
    before = whole()
    data = before.model_dump(mode="json")
    place = data
    for key in path[:-1]:
        place = place[str(key)]
    last = str(path[-1])
    old = place[last]
    if last.endswith("_id"):
        place[last] = str(UUID(int=77))
    elif isinstance(old, int):
        place[last] = old + 1
    else:
        place[last] = ["cd" * 32] if isinstance(old, list) else f"{old}x"
    after = MailContent.model_validate(data)
    assert content_hash(after) != content_hash(before)


@given(st.text(max_size=20), st.text(max_size=20))
def test_words_cannot_move_between_fields_unseen(one: str, other: str) -> None:
    base = whole()
    first = base.model_copy(update={"subject": one, "text": other})
    second = base.model_copy(update={"subject": one + other, "text": ""})
    assert (content_hash(first) == content_hash(second)) == (first == second)


def test_the_order_of_headers_does_not_matter_but_their_values_do() -> None:
    base = whole()
    turned = base.model_copy(update={"headers": dict(reversed(list(base.headers.items())))})
    assert content_hash(turned) == content_hash(base)
