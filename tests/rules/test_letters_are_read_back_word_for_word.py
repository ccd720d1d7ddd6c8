"""What was approved goes unchanged to a provider that takes fields in place of bytes."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.kernel.errors import Refused
from outrider.sending.mail import build
from outrider.sending.types import Outgoing
from outrider.vendors.mail_http.letter import Letter, read
from tests.rules.test_mail_bytes import AT, HEADERS, MESSAGE_ID, content

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=120)
LINES = st.lists(WORDS, max_size=6).map("\n".join)


def letter(data: bytes) -> Letter:
    return read(
        Outgoing(
            message_id=MESSAGE_ID,
            envelope_from="sam@try-brand.example",
            envelope_to="dana@depot.example",
            data=data,
            outbox_id=UUID(int=1),
        )
    )


@given(subject=WORDS, text=LINES, name=WORDS, first=WORDS)
def test_every_word_comes_back(subject: str, text: str, name: str, first: str) -> None:
    words = content(subject=subject, text=text, name=name, first=first)
    found = letter(build(words, MESSAGE_ID, AT))
    assert found.subject == subject
    assert found.text.removesuffix("\n") == text.removesuffix("\n")
    assert found.html.removesuffix("\n") == f"<p>{text}</p>"
    assert found.sender.display_name == " ".join(name.split())
    assert found.recipient.display_name == " ".join(f"{first} Lee".split())
    assert found.sender.addr_spec == "sam@try-brand.example"
    assert found.recipient.addr_spec == "dana@depot.example"


def test_the_headers_that_matter_go_along_and_no_others() -> None:
    found = letter(
        build(content(headers=HEADERS | {"Reply-To": "sam@brand.example"}), MESSAGE_ID, AT)
    )
    assert found.headers == HEADERS | {"Message-ID": MESSAGE_ID}
    assert found.reply_to is not None
    assert found.reply_to.addr_spec == "sam@brand.example"


@pytest.mark.parametrize("gone", [b"From: ", b"To: "])
def test_a_mail_without_sender_or_recipient_is_refused(gone: bytes) -> None:
    data = build(content(), MESSAGE_ID, AT)
    with pytest.raises(Refused):
        letter(data.replace(gone, b"X-" + gone, 1))
