"""The same company or person is recognised; two that are alike stay two."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from outrider.prospects.identity import (
    NotAnAddress,
    Suppressor,
    account_key,
    address_key,
    employer_site,
    is_same_mailbox,
    mail_address,
    mailbox_key,
    name_key,
    site,
)

SAME_NAMES = [
    ("Acme, Inc.", "ACME INC"),
    ("Acme Incorporated", "Acme"),
    ("Müller & Söhne GmbH", "Muller and Sohne"),
    ("Procter & Gamble Co.", "PROCTER AND GAMBLE COMPANY"),
    ("The Home Depot, Inc.", "HOME DEPOT INC"),
    ("Foo & Co. KG", "Foo"),
    ("Example L.L.C.", "Example LLC"),
    ("Société Générale S.A.", "societe generale"),
    ("ACME CORP /DE/", "Acme Corporation"),
    ("O'Reilly Media", "OReilly Media"),
    ("Ｆｕｌｌwidth Ltd", "fullwidth"),
]


@pytest.mark.parametrize(("one", "other"), SAME_NAMES)
def test_two_spellings_of_a_company_are_one(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Foods", "Acme Tools"),
        ("Delta Air", "Delta"),
        ("SA", "AG"),
        ("Co", "Inc"),
        ("3M", "M"),
    ],
)
def test_two_companies_stay_two(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(st.text(max_size=60))
def test_a_normalised_name_stays_as_it_is(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


def test_registrants_of_the_sec_keep_their_names_apart(shared_data: Path) -> None:
    listed = json.loads((shared_data / "sec" / "company_tickers.json").read_text())
    by_key: dict[str, set[int]] = {}
    for row in listed.values():
        by_key.setdefault(name_key(row["title"]), set()).add(row["cik_str"])
    shared_keys = {key for key, ciks in by_key.items() if len(ciks) > 1}
    assert "" not in by_key
    # Fewer than one in two hundred: namesakes in other states, and shells of one family.
    assert len(shared_keys) < len(by_key) / 200


@pytest.mark.parametrize(
    ("website", "expected"),
    [
        ("https://www.Acme.example/about?x=1", "acme.example"),
        ("acme.example", "acme.example"),
        ("shop.acme.co.uk", "acme.co.uk"),
        ("http://user@acme.com.au:8080/", "acme.com.au"),
        ("//cdn.acme.de", "acme.de"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("www.example.com.", "example.com"),
        ("acme", None),
        ("not a site", None),
        ("http://[::1", None),
        ("10.0.0.1", None),
        ("", None),
    ],
)
def test_a_web_address_gives_its_domain_or_nothing(website: str, expected: str | None) -> None:
    assert site(website) == expected


def test_the_employer_is_told_by_web_site_then_by_address_never_by_free_mail() -> None:
    assert employer_site("www.acme.example", "ann@beta.example") == "acme.example"
    assert employer_site(None, "ann@mail.beta.example") == "beta.example"
    assert employer_site("https://www.linkedin.com/in/ann", "ann@beta.example") == "beta.example"
    assert employer_site(None, "ann@gmail.com") is None


def test_an_account_without_a_domain_is_known_by_its_name() -> None:
    assert account_key("Acme, Inc.", None) == account_key("ACME", None) == "name:acme"
    assert account_key("Acme", "acme.example") == account_key("Other", "acme.example")
    assert account_key("???", None) != account_key("!!!", None)


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("Ann@ACME.example", "Ann@acme.example"),
        (" <ann@acme.example> ", "ann@acme.example"),
        ("Ann Reed <ann@acme.example>", "ann@acme.example"),
        ("mailto:ann@acme.example", "ann@acme.example"),
        ("ann@bücher.example", "ann@bücher.example"),
        ("o'neil+x@a-b.example", "o'neil+x@a-b.example"),
    ],
)
def test_an_address_has_one_spelling(given_text: str, expected: str) -> None:
    assert mail_address(given_text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "ann", "ann@", "@acme.example", "ann@acme", "a b@acme.example", "a..b@acme.example",
     "ann@-acme.example", "ann@acme.example, bo@acme.example", "ann@acme..example", "ann@localhost",
     f"{'a' * 65}@acme.example", "ann@acme.example\n"[:-1] + "\x00", "ann@1.2.3.4"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(NotAnAddress):
        mail_address(text)


_SIGNS = string.ascii_letters + string.digits + ".-_+'@ é<>"


@given(st.text(_SIGNS, max_size=24), st.text(_SIGNS, max_size=24))
def test_the_short_way_agrees_with_the_validator(local: str, domain: str) -> None:
    text = f"x{local}@{domain}x.example"
    if text.endswith(">"):
        return
    try:
        expected: str | None = validate_email(
            text, check_deliverability=False, test_environment=True
        ).normalized
    except EmailNotValidError:
        expected = None
    try:
        found: str | None = mail_address(text)
    except NotAnAddress:
        found = None
    assert found == expected


def test_one_mailbox_is_one_person_who_said_no() -> None:
    assert mailbox_key("Jane.Doe+news@GoogleMail.com") == mailbox_key("janedoe@gmail.com")
    assert mailbox_key("jane+x@acme.example") == mailbox_key("Jane@acme.example")
    assert mailbox_key("j.ane@acme.example") != mailbox_key("jane@acme.example")
    assert address_key("Jane@acme.example") != address_key("jane+x@acme.example")


def test_the_list_keeps_a_hash_that_needs_the_key() -> None:
    one, other = Suppressor(b"1" * 32), Suppressor(b"2" * 32)
    assert one.hash("Jane@acme.example") == one.hash("jane+tag@acme.example")
    assert one.hash("jane@acme.example") != other.hash("jane@acme.example")
    assert "jane" not in one.hash("jane@acme.example")
    with pytest.raises(ValueError, match="not 32"):
        Suppressor(b"short")


@pytest.mark.parametrize(
    "other",
    [
        "jane@xn--bcher-kva.example",
        "JANE@BÜCHER.example",
        "Jane+news@XN--BCHER-KVA.example",
        "jane@bu\u0308cher.example",
        "jane@bücher.example.",
    ],
)
def test_a_domain_in_its_ascii_form_is_the_same_person_who_said_no(other: str) -> None:
    suppressor = Suppressor(b"k" * 32)
    assert suppressor.hash(other) == suppressor.hash("jane@bücher.example")


@pytest.mark.parametrize(
    "bad", ["a@xn--", "a@xn--\x00", "a@xn--a\u0430", "xn--", "@", "", "a@xn--99999999"]
)
def test_a_malformed_ascii_form_keeps_its_spelling(bad: str) -> None:
    assert address_key(bad) == address_key(address_key(bad))


def test_a_gateways_own_host_is_the_same_mailbox_and_a_forwarding_is_not() -> None:
    assert is_same_mailbox("dana@mx1.acme.com", "Dana@acme.com")
    assert not is_same_mailbox("dana.private@mail.com", "dana@acme.com")
    assert not is_same_mailbox("dana@other.com", "dana@acme.com")
