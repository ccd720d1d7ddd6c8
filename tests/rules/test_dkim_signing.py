"""Our DKIM signatures verify with another implementation, and cover what they must."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from outrider.kernel.errors import InvalidInput
from outrider.sending.dkim import Signer, dns_record, load, relaxed_body, relaxed_header
from outrider.sending.mail import build
from tests.rules.test_mail_bytes import content

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SIGNER = Signer("try-brand.example", "o1", KEY)


def verifies(mail: bytes, signer: Signer = SIGNER) -> bool:
    asked = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return dns_record(signer).encode()

    result = bool(dkim.verify(mail, dnsfunc=dns))
    assert asked == [b"o1._domainkey.try-brand.example."]
    return result


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def test_a_signed_mail_verifies_with_dkimpy() -> None:
    assert verifies(SIGNER.sign(build(content(), "<a@try-brand.example>", AT), AT))


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


def test_a_key_that_cannot_sign_is_refused_in_one_sentence() -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    assert load(pem(weak), "x.example", "s").key.key_size == 1024
    with pytest.raises(InvalidInput, match="cannot be read"):
        load(b"no key", "x.example", "s")
    with pytest.raises(InvalidInput, match="not an RSA key"):
        load(pem(ec.generate_private_key(ec.SECP256R1())), "x.example", "s")
