"""An unsubscribe link works for one contact, and for nobody who guesses."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.kernel.errors import NotFound
from outrider.prospects.types import ContactId
from outrider.sending.unsubscribe import token, url, verify

KEY = bytes(range(32))
DANA = ContactId(UUID(int=0x0195_5000_0000_7000_8000_0000_0000_ABCD))


@given(st.uuids())
def test_a_token_leads_back_to_its_contact(contact: UUID) -> None:
    assert verify(token(ContactId(contact), KEY), KEY) == contact


@given(st.text(max_size=60))
def test_anything_else_is_refused(guess: str) -> None:
    with pytest.raises(NotFound, match="not valid"):
        verify(guess, KEY)


def test_changing_any_character_breaks_it() -> None:
    good = token(DANA, KEY)
    for index, letter in enumerate(good):
        other = "B" if letter == "A" else "A"
        with pytest.raises(NotFound):
            verify(good[:index] + other + good[index + 1 :], KEY)


def test_another_key_or_another_contact_gives_another_token() -> None:
    with pytest.raises(NotFound):
        verify(token(DANA, KEY), bytes(32))
    assert token(DANA, KEY) != token(ContactId(UUID(int=1)), KEY)


def test_the_link_is_plain_ascii_under_the_public_address() -> None:
    link = url("https://outrider.brand.example/", DANA, KEY)
    assert link == f"https://outrider.brand.example/unsubscribe/{token(DANA, KEY)}"
    assert link.isascii()
    assert len(link) < 120
