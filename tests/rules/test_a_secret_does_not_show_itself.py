"""A secret opens in its own place, with its own key, and shows itself nowhere else."""

from __future__ import annotations

import pickle
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.kernel.errors import SecretBroken
from outrider.kernel.secrets.blind_index import blind, workspace_key
from outrider.kernel.secrets.envelope import DataKey, Place, joined, key_of, open_, seal
from outrider.kernel.secrets.text import SecretText

WORKSPACE, OTHER = UUID(int=1), UUID(int=2)
KEY = DataKey(UUID(int=7), WORKSPACE, b"k" * 32)
PLACE = Place(WORKSPACE, "secrets.sealed", UUID(int=3))
TEXT = SecretText("hunter2-hunter2")


@given(st.text())
def test_what_went_in_comes_out(text: str) -> None:
    assert open_(KEY, PLACE, seal(KEY, PLACE, SecretText(text))).reveal() == text


def test_the_same_text_never_gives_the_same_envelope() -> None:
    assert len({seal(KEY, PLACE, TEXT) for _ in range(100)}) == 100
    assert TEXT.reveal().encode() not in seal(KEY, PLACE, TEXT)


def test_a_secret_prints_as_three_dots_and_is_not_pickled() -> None:
    for shown in (str(TEXT), repr(TEXT), f"{TEXT}", f"{TEXT!r:>9}", "%s" % TEXT, repr([TEXT])):  # noqa: UP031
        assert "hunter2" not in shown
        assert "•••" in shown
    with pytest.raises(TypeError):
        pickle.dumps(TEXT)
    assert SecretText("a") == SecretText("a") != SecretText("b")
    assert "kkkk" not in repr(KEY)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_anywhere_is_refused(where: int, by: int) -> None:
    envelope = bytearray(seal(KEY, PLACE, TEXT))
    envelope[where % len(envelope)] ^= by
    with pytest.raises(SecretBroken) as refused:
        open_(KEY, PLACE, bytes(envelope))
    assert "hunter2" not in str(refused.value)


@given(st.integers(min_value=0, max_value=59))
def test_an_envelope_cut_short_is_refused(length: int) -> None:
    with pytest.raises(SecretBroken):
        open_(KEY, PLACE, seal(KEY, PLACE, TEXT)[:length])


@pytest.mark.parametrize(
    ("place", "key", "why"),
    [
        (replace(PLACE, row=UUID(int=4)), KEY, "changed"),
        (replace(PLACE, purpose="secrets.other"), KEY, "changed"),
        (replace(PLACE, workspace=OTHER), KEY, "another workspace"),
        (replace(PLACE, workspace=OTHER), replace(KEY, workspace=OTHER), "changed"),
        (replace(PLACE, workspace=None), replace(KEY, workspace=None), "changed"),
        (PLACE, replace(KEY, key=b"x" * 32), "changed"),
        (PLACE, replace(KEY, id=UUID(int=8)), "wrong key"),
    ],
)
def test_an_envelope_opens_nowhere_else(place: Place, key: DataKey, why: str) -> None:
    with pytest.raises(SecretBroken) as refused:
        open_(key, place, seal(KEY, PLACE, TEXT))
    assert refused.value.facts["why"] == why
    assert str(refused.value).count(". ") == 0, "one sentence"


def test_an_unknown_format_asks_for_the_newer_program() -> None:
    envelope = bytes([9]) + seal(KEY, PLACE, TEXT)[1:]
    with pytest.raises(SecretBroken, match=r"format 9.*newer Outrider"):
        open_(KEY, PLACE, envelope)
    with pytest.raises(SecretBroken, match="cut short"):
        key_of(b"", PLACE)


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_two_places_never_read_alike(one: list[str], other: list[str]) -> None:
    assert (joined(*one) == joined(*other)) == (one == other)


def test_a_keyed_hash_finds_an_address_and_two_lists_cannot_be_joined() -> None:
    key = b"k" * 32
    ours, theirs = workspace_key(key, WORKSPACE), workspace_key(key, OTHER)
    assert blind(ours, "jane@acme.example") == blind(ours, "jane@acme.example")
    assert blind(ours, "jane@acme.example") != blind(theirs, "jane@acme.example")
    assert blind(ours, "jane@acme.example") != blind(key, "jane@acme.example")
    with pytest.raises(ValueError, match="32"):
        blind(b"short", "x")


def test_a_keyed_hash_is_hmac_sha256_as_published() -> None:
    # RFC 4231 has no key of 32 bytes; this is its test case 2 with the key padded by zeros, which
    # HMAC does by itself (RFC 2104, section 2).
    found = blind(b"Jefe" + bytes(28), "what do ya want for nothing?")
    assert found == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
