"""A domain that carries the brand's name whole is the brand's; one that only looks like it is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.sending.health.lookalike import distance, is_within, look_alike, organizational

BRAND = ["fieldnote.com"]


@pytest.mark.parametrize(
    "domain",
    [
        "try-fieldnote.com",
        "fieldnote-mail.com",
        "getfieldnote.com",
        "fieldnotehq.com",
        "fieldnote.io",
        "try-fieldnote.co",
        "mail.try-fieldnote.com",
        "otherbrand.com",
        "fieldwork.com",
        "notefield.com",
    ],
)
def test_normal_second_domains_pass(domain: str) -> None:
    assert look_alike(domain, BRAND) is None


@pytest.mark.parametrize(
    ("domain", "why"),
    [
        ("fieldnote.co", "ending"),
        ("fieldnote.cm", "ending"),
        ("fieldnotes.com", "slip"),
        ("feildnote.com", "slip"),
        ("fieldnnote.com", "slip"),
        ("f1eldnote.com", "drawn"),
        ("fie1dnote.com", "drawn"),
        ("fieldn0te.com", "drawn"),
        ("fie-ldnote.com", "hyphen"),
        ("try-fie1dnote.com", "drawn"),
        ("xn--fieldnte-i2f.com", None),
        ("xn--ieldnote-3of.com", None),
        ("fіeldnote.com", "alphabet"),
        ("get-fіeldnote.com", "alphabet"),
        ("fiéldnote.com", "alphabet"),
    ],
)
def test_look_alikes_are_named(domain: str, why: str | None) -> None:
    found = look_alike(domain, BRAND)
    assert found is not None
    assert why is None or why in found


@pytest.mark.parametrize(("domain", "brand"), [("rnodern.com", "modern.com"), ("vvave.io", "wave.io"),
                                              ("cloud-note.com", "doud-note.com")])  # fmt: skip
def test_pairs_of_letters_that_are_drawn_as_one(domain: str, brand: str) -> None:
    assert look_alike(domain, [brand]) is not None


def test_a_short_name_has_honest_neighbours() -> None:
    assert look_alike("hp.com", ["hpe.com"]) is None
    assert look_alike("3m.com", ["em.com"]) is not None


def test_the_same_domain_and_those_below_it_are_no_look_alikes() -> None:
    assert look_alike("fieldnote.com", BRAND) is None
    assert look_alike("mail.fieldnote.com", BRAND) is None
    assert is_within("mail.fieldnote.com", "fieldnote.com")
    assert not is_within("badfieldnote.com", "fieldnote.com")


@pytest.mark.parametrize(
    ("domain", "own"),
    [("a.b.example", "b.example"), ("a.b.co.uk", "b.co.uk"), ("b.com.au", "b.com.au")],
)
def test_what_somebody_registered(domain: str, own: str) -> None:
    assert organizational(domain) == own


@given(st.text("abcde", max_size=8), st.text("abcde", max_size=8))
def test_distance_is_one_of_a_metric(one: str, other: str) -> None:
    assert distance(one, other, 9) == distance(other, one, 9)
    assert (distance(one, other, 9) == 0) is (one == other)
    assert distance(one, other, 9) <= max(len(one), len(other))
