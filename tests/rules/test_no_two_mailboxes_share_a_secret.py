"""The name that a mailbox's secret is kept under belongs to one address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from outrider.app.jobs.mailbox_secret import name_for
from outrider.kernel.secrets import keep
from outrider.kernel.secrets.text import SecretText

ALIKE = [
    "a-b@c.example",
    "a@b-c.example",
    "a+b@c.example",
    "a.b@c.example",
    f"{'x' * 64}@mail.a-long-name-of-a-sub-domain.example",
    f"{'x' * 64}@mail.a-long-name-of-a-sub-domain.example.org",
    f"{'x' * 64}@mail.example",
    f"{'x' * 64}@mail.example.org",
]


def test_addresses_that_look_alike_have_names_of_their_own() -> None:
    assert len({name_for(each) for each in ALIKE}) == len(ALIKE)
    assert name_for("ann@brand.example") == "mailbox-ann-brand.example.secret"
    assert name_for(" Ann@Brand.example") == name_for("ann@brand.example")


@pytest.mark.parametrize("address", ALIKE)
def test_each_name_can_be_kept(address: str) -> None:
    keep.checked(name_for(address), SecretText("secret"))


LETTERS = some.text("ab.-_+", min_size=1, max_size=4)


@given(LETTERS, LETTERS, LETTERS, LETTERS)
def test_two_addresses_never_share_one(one: str, at: str, other: str, at_too: str) -> None:
    first, second = f"{one}@{at}", f"{other}@{at_too}"
    assert (name_for(first) == name_for(second)) == (first == second)
