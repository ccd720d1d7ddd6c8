"""Our DKIM signatures verify with another implementation, and cover what they must."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from outrider.kernel.errors import InvalidInput
from outrider.sending.dkim import (
    Signer,
    both,
    dns_record,
    dns_records,
    load,
    relaxed_body,
    relaxed_header,
    split,
)
from outrider.sending.mail import build
from tests.rules.test_mail_bytes import content

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SIGNER = Signer("try-brand.example", "o1", KEY)
SMALL = Signer("try-brand.example", "e1", Ed25519PrivateKey.generate())


def verifies(mail: bytes, signer: Signer = SIGNER) -> bool:
    asked = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return dns_record(signer).encode()

    result = bool(dkim.verify(mail, dnsfunc=dns))
    assert asked == [b"o1._domainkey.try-brand.example."]
    return result


def pem(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | Ed25519PrivateKey | Ed448PrivateKey,
) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def test_a_signed_mail_verifies_with_dkimpy() -> None:
    assert verifies(SIGNER.sign(build(content(), "<a@try-brand.example>", AT), AT))


def test_a_mail_to_an_address_in_any_alphabet_verifies_with_dkimpy() -> None:
    mail = build(content(email="j\u00f6rg@b\u00fccher.example"), "<a@try-brand.example>", AT)
    assert "j\u00f6rg@xn--bcher-kva.example".encode() in mail
    assert verifies(SIGNER.sign(mail, AT))


def test_the_signature_covers_both_unsubscribe_headers_and_the_identity() -> None:
    signed = SIGNER.sign(build(content(), "<a@try-brand.example>", AT), AT)
    flat = re.sub(rb"\s+", b"", signed.partition(b"bh=")[0]).decode()
    names = flat.partition("h=")[2].rstrip(";").split(":")
    assert {"list-unsubscribe", "list-unsubscribe-post", "from", "to", "message-id"} <= set(names)
    assert names.count("from") == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Subject: ", b"Subject: Urgent "),
        (b"List-Unsubscribe-Post: ", b"List-Unsubscribe-Post: No-"),
        (b"Hello Dana", b"Hello Dave"),
        (b"From: ", b"From: Somebody Else <else@other.example>\r\nFrom: "),
    ],
)
def test_any_change_breaks_the_signature(old: bytes, new: bytes) -> None:
    signed = SIGNER.sign(build(content(), "<a@try-brand.example>", AT), AT)
    assert old in signed
    head, mark, rest = signed.partition(b"\r\nFrom: ")
    rest = mark[2:] + rest
    assert not verifies(head + b"\r\n" + rest.replace(old, new, 1))


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet="ab .=\t\n\xa0é—🙂", max_size=300), subject=st.text(max_size=120))
def test_every_body_and_subject_we_can_build_verifies(text: str, subject: str) -> None:
    printable = "".join(c for c in subject if c.isprintable())
    mail = build(content(text=text, subject=printable), "<a@try-brand.example>", AT)
    assert verifies(SIGNER.sign(mail, AT))


@settings(max_examples=40, deadline=None)
@given(body=st.lists(st.sampled_from([b"", b" ", b"a  b\t", b"\t", b"x"]), max_size=8))
def test_bodies_with_odd_spaces_and_empty_ends_verify(body: list[bytes]) -> None:
    head = b"From: a@try-brand.example\r\nSubject:  folded \r\n\t value\r\n\r\n"
    mail = head + b"".join(line + b"\r\n" for line in body)
    assert verifies(SIGNER.sign(mail, AT))


def test_the_examples_of_rfc_6376_section_3_4_5_come_out() -> None:
    assert relaxed_header(b"A", b" X") == b"a:X"
    assert relaxed_header(b"B ", b" Y\t\r\n\tZ  ") == b"b:Y Z"
    assert relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n") == b" C\r\nD E\r\n"
    assert relaxed_body(b"") == b""


def locked(key: rsa.RSAPrivateKey | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )


def public(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


WRONG_KEYS = {
    "no key": (b"no key", "cannot be read"),
    "empty": (b"", "cannot be read"),
    "cut": (pem(KEY)[:400], "cannot be read"),
    "public": (public(KEY), "only the public half"),
    "locked": (locked(KEY), "locked with a password"),
    "EC": (pem(ec.generate_private_key(ec.SECP256R1())), r"elliptic-curve \(EC\) key"),
    "Ed448": (pem(Ed448PrivateKey.generate()), "an Ed448 key"),
    "short": (
        pem(rsa.generate_private_key(public_exponent=65537, key_size=1024)),
        "RSA key of 1024 bits, which is too short",
    ),
}


@pytest.mark.parametrize("kind", WRONG_KEYS)
def test_a_key_that_cannot_sign_is_refused_in_one_sentence(kind: str) -> None:
    data, said = WRONG_KEYS[kind]
    with pytest.raises(InvalidInput, match=said) as caught:
        load(data, "x.example", "s")
    assert "x.example" in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.message.count(". ") == 0


def test_two_keys_are_an_rsa_one_and_an_ed25519_one_beside_it() -> None:
    for first, second, found in (
        (SIGNER, SIGNER, "RSA"),
        (SMALL, SMALL, "Ed25519"),
        (SMALL, SIGNER, "RSA"),
    ):
        with pytest.raises(InvalidInput, match=f"is an {found} key"):
            both(first, replace(second, selector="other"))


def signature_on_top(mail: bytes) -> tuple[dict[str, str], bytes]:
    """The tags of the uppermost signature, and the field as it was when it was signed."""
    name, value = split(mail)[0][0]
    assert name == b"DKIM-Signature"
    tags = dict(
        tag.strip().split("=", 1) for tag in re.sub(rb"\s+", b" ", value).decode().split(";")
    )
    unsigned = re.sub(rb"(b=)[A-Za-z0-9+/=\s]+$", rb"\1", value)
    return tags, relaxed_header(name, unsigned)


def stands(mail: bytes, record: str) -> bool:
    """Whether the uppermost Ed25519 signature stands, checked from the text of RFC 8463 alone."""
    tags, own = signature_on_top(mail)
    fields, body = split(mail)
    digest = hashlib.sha256(relaxed_body(body)).digest()
    if base64.b64encode(digest).decode() != tags["bh"]:
        return False
    left = [(name.lower().decode(), relaxed_header(name, value)) for name, value in fields[1:]]
    covered = []
    for name in tags["h"].replace(" ", "").split(":"):
        found = next((one for one in reversed(left) if one[0] == name), None)
        if found is not None:
            left.remove(found)
            covered.append(found[1])
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(record.partition("p=")[2]))
    signature = base64.b64decode(tags["b"].replace(" ", ""))
    try:
        public.verify(signature, hashlib.sha256(b"\r\n".join([*covered, own])).digest())
    except InvalidSignature:
        return False
    return True


def test_the_signature_printed_in_rfc_8463_comes_out() -> None:
    key = base64.b64decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
    signer = Signer("football.example.com", "brisbane", Ed25519PrivateKey.from_private_bytes(key))
    assert dns_record(signer) == (
        "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    )
    printed = (
        b"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
        b" d=football.example.com; i=@football.example.com;\r\n"
        b" q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
        b" subject : date : message-id : from : subject : date;\r\n"
        b" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
        b" b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
        b" Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
        b"From: Joe SixPack <joe@football.example.com>\r\n"
        b"To: Suzie Q <suzie@shopping.example.net>\r\n"
        b"Subject: Is dinner ready?\r\n"
        b"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
        b"Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
        b"\r\nHi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n"
    )
    assert stands(printed, dns_record(signer))
    assert not stands(printed.replace(b"hungry", b"thirsty"), dns_record(signer))


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet="ab .=\t\n\xa0é—🙂", max_size=300), subject=st.text(max_size=120))
def test_every_mail_we_can_build_stands_with_an_ed25519_key(text: str, subject: str) -> None:
    printable = "".join(c for c in subject if c.isprintable())
    signed = SMALL.sign(build(content(text=text, subject=printable), "<a@x.example>", AT), AT)
    assert stands(signed, dns_record(SMALL))
    assert not stands(signed.replace(b"Hello", b"Hallo", 1) + b"PS\r\n", dns_record(SMALL))


def test_two_keys_sign_one_mail_and_each_signature_stands_alone() -> None:
    mail = build(content(), "<a@try-brand.example>", AT)
    signed = both(SIGNER, SMALL).sign(mail, AT)
    first, second = (value for name, value in split(signed)[0] if name == b"DKIM-Signature")
    assert b"a=rsa-sha256" in first
    assert b"a=ed25519-sha256" in second
    rsa_alone, small_alone = (b"DKIM-Signature:" + v + b"\r\n" + mail for v in (first, second))
    assert verifies(signed)
    assert verifies(rsa_alone)
    assert stands(small_alone, dns_record(SMALL))
    assert small_alone == SMALL.sign(mail, AT)


def test_another_implementation_accepts_the_ed25519_signature() -> None:
    pytest.importorskip("nacl", reason="dkimpy checks Ed25519 only where PyNaCl is installed")
    signed = both(SIGNER, SMALL).sign(build(content(), "<a@try-brand.example>", AT), AT)
    records = dns_records(both(SIGNER, SMALL))

    def dns(name: bytes, timeout: int = 5) -> bytes:
        return records[name.decode().rstrip(".")].encode()

    verifier = dkim.DKIM(signed)
    assert [verifier.verify(idx=index, dnsfunc=dns) for index in (0, 1)] == [True, True]
    tampered = dkim.DKIM(signed.replace(b"Hello Dana", b"Hello Dave", 1))
    for index in (0, 1):
        assert not _verifies_at(tampered, index, dns)


def _verifies_at(verifier: dkim.DKIM, index: int, dns: object) -> bool:
    try:
        return bool(verifier.verify(idx=index, dnsfunc=dns))
    except dkim.ValidationError:
        return False


def test_every_record_to_publish_is_told_by_its_name() -> None:
    records = dns_records(both(SIGNER, SMALL))
    assert list(records) == ["o1._domainkey.try-brand.example", "e1._domainkey.try-brand.example"]
    assert records["o1._domainkey.try-brand.example"].startswith("v=DKIM1; k=rsa; p=")
    # A TXT string holds 255 characters at most; the small key fits in one.
    assert len(records["e1._domainkey.try-brand.example"]) < 255


def test_an_ed25519_key_is_read_from_its_file_and_two_keys_need_two_selectors() -> None:
    loaded = load(pem(Ed25519PrivateKey.generate()), "x.example", "E1")
    assert loaded.algorithm == "ed25519-sha256"
    with pytest.raises(InvalidInput, match="selector of its own"):
        both(load(pem(KEY), "x.example", "e1"), loaded)
