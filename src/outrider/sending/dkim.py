"""DKIM signatures, relaxed/relaxed, by RSA (RFC 6376), Ed25519 (RFC 8463), or both.

In: the exact bytes of a mail, a key, an instant. Out: the same bytes with a DKIM-Signature on top.
Never: DNS, a key made up on the way, a signature without List-Unsubscribe-Post (RFC 8058, 4).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from outrider.kernel.errors import InvalidInput

Key = rsa.RSAPrivateKey | Ed25519PrivateKey

SIGNED = (
    "from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references",
    "list-unsubscribe", "list-unsubscribe-post", "auto-submitted", "mime-version", "content-type",
    "content-transfer-encoding",
)  # fmt: skip
"""Header fields that are signed when the mail has them."""

OVERSIGNED = ("from", "to", "subject", "date", "reply-to")
"""Signed once more than they occur, so that adding a second one breaks the signature."""

LEAST_BITS = 2048
"""Of an RSA key: what RFC 8301 (3.2) asks signers to use."""

# A single space stays as it is: only these runs change, and most mails have few of them.
_WSP = re.compile(rb"\t[ \t]*| [ \t]+")
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_HASHED = (padding.PKCS1v15(), hashes.SHA256())


def _one_space(text: bytes) -> bytes:
    return _WSP.sub(b" ", text) if b"  " in text or b"\t" in text else text


def relaxed_header(name: bytes, value: bytes) -> bytes:
    """One header field, RFC 6376 section 3.4.2, without the ending CRLF."""
    flat = _one_space(_FOLD.sub(b"", value) if b"\r\n" in value else value).strip(b" \t\r\n")
    return name.strip(b" \t").lower() + b":" + flat


def relaxed_body(body: bytes) -> bytes:
    """A body, RFC 6376 section 3.4.4: spaces reduced, empty lines at the end gone."""
    whole = body if body.endswith(b"\r\n") else body + b"\r\n"
    lines = _one_space(whole).replace(b" \r\n", b"\r\n").rstrip(b"\r\n")
    return lines + b"\r\n" if lines else b""


def split(mail: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """The header fields in order, folding kept, and the body."""
    head, _, body = mail.partition(b"\r\n\r\n")
    fields = []
    for field in re.split(rb"\r\n(?![ \t])", head):
        name, _, value = field.partition(b":")
        fields.append((name, value))
    return fields, body


@dataclass(frozen=True)
class Signer:
    """A domain's key. `sign` puts the signature on top of a mail."""

    domain: str
    selector: str
    key: Key
    also: Signer | None = None
    """Signs the same mail besides. A receiver that cannot check Ed25519 looks at the RSA one."""

    @property
    def algorithm(self) -> str:
        """What `a=` says."""
        return "rsa-sha256" if isinstance(self.key, rsa.RSAPrivateKey) else "ed25519-sha256"

    def sign(self, mail: bytes, at: datetime) -> bytes:
        """The mail with its DKIM-Signature. `at` becomes `t=`, in whole seconds of Unix time.

        With `also` there are two; neither covers the other, so each stands when one is taken away.
        """
        return self.ready(mail, at).signed()

    def ready(self, mail: bytes, at: datetime) -> Unsigned:
        """All of `sign` but the arithmetic, which takes long and can be done in a thread."""
        fields, body = split(mail)
        plan = _plan(tuple(name for name, _ in fields))
        body_hash = base64.b64encode(hashlib.sha256(relaxed_body(body)).digest()).decode()
        headers = b"\r\n".join([relaxed_header(*fields[number]) for number in plan.covered])
        fit: list[tuple[Key, bytes, bytes]] = []
        signer: Signer | None = self
        while signer is not None:
            value = (
                f" v=1; a={signer.algorithm}; c=relaxed/relaxed; d={signer.domain};\r\n"
                f"\ts={signer.selector}; t={int(at.timestamp())};\r\n\th={plan.listed};\r\n"
                f"\tbh={body_hash};\r\n\tb="
            ).encode("ascii")
            covered = headers + b"\r\n" + relaxed_header(b"DKIM-Signature", value)
            fit.append((signer.key, b"DKIM-Signature:" + value, covered))
            signer = signer.also
        return Unsigned(mail, tuple(fit))


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A mail and what each of its signatures will cover."""

    mail: bytes
    fields: tuple[tuple[Key, bytes, bytes], ...]
    """A key, the header field up to `b=`, and the bytes that the key signs."""

    def signed(self) -> bytes:
        """The mail with its signatures on top."""
        whole = b""
        for key, field, covered in self.fields:
            signature = base64.b64encode(_signature(key, covered))
            lines = [signature[i : i + 70] for i in range(0, len(signature), 70)]
            whole += field + b"\r\n\t ".join(lines) + b"\r\n"
        return whole + self.mail


def both(first: Signer, second: Signer) -> Signer:
    """An RSA key and an Ed25519 key of one domain that sign each mail together (RFC 8463, 3).

    Raises:
        InvalidInput: they are not one of each, or both have one selector, under which DNS can hold
            one key only.
    """
    if first.algorithm == second.algorithm or not isinstance(second.key, Ed25519PrivateKey):
        found = "RSA" if isinstance(second.key, rsa.RSAPrivateKey) else "Ed25519"
        raise InvalidInput(
            f"The DKIM keys of {first.domain} must be an RSA key and, beside it, an Ed25519 one; "
            f"{second.selector!r} is an {found} key."
        )
    if first.selector.lower() == second.selector.lower() and first.domain == second.domain:
        raise InvalidInput(
            f"Both DKIM keys of {first.domain} have the selector {first.selector!r}; "
            "give the second key a selector of its own."
        )
    return replace(first, also=second)


def _signature(key: Key, covered: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(covered, *_HASHED)
    # What Ed25519 signs is the hash of the headers, not the headers (RFC 8463, 3).
    return key.sign(hashlib.sha256(covered).digest())


@dataclass(frozen=True)
class _Plan:
    """Which fields are signed, for all mails that have the same ones."""

    covered: tuple[int, ...]
    """Their places, each name taken from the bottom up (section 5.4.2)."""
    listed: str
    """What `h=` says."""


@lru_cache(maxsize=64)
def _plan(present: tuple[bytes, ...]) -> _Plan:
    places: dict[str, list[int]] = {}
    for number, name in enumerate(present):
        places.setdefault(name.strip().lower().decode("ascii", "replace"), []).append(number)
    names = [name for name in SIGNED for _ in places.get(name, ())]
    names += [name for name in OVERSIGNED if name in places or name == "reply-to"]
    covered = tuple(places[name].pop() for name in names if places.get(name))
    lines = [":".join(names[i : i + 5]) for i in range(0, len(names), 5)]
    return _Plan(covered, ":\r\n\t".join(lines))


def load(pem: bytes, domain: str, selector: str) -> Signer:
    """A signer from a private key in PEM.

    Raises:
        InvalidInput: the file holds no RSA or Ed25519 private key, or an RSA one below 2048 bits
            (RFC 8301); the sentence says what it holds instead.
    """
    key = _private(pem, domain)
    if not isinstance(key, rsa.RSAPrivateKey | Ed25519PrivateKey):
        kind = next((words for found, words in _KINDS.items() if isinstance(key, found)), "another")
        raise InvalidInput(
            f"The DKIM key for {domain} is {kind} key, which receivers cannot check: make an RSA key "
            "of 2048 bits, or an Ed25519 one beside it."
        )
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < LEAST_BITS:
        raise InvalidInput(
            f"The DKIM key for {domain} is an RSA key of {key.key_size} bits, which is too short: "
            f"make one of {LEAST_BITS} bits."
        )
    return Signer(domain, selector, key)


_KINDS: Mapping[type, str] = {
    ec.EllipticCurvePrivateKey: "an elliptic-curve (EC)",
    ed448.Ed448PrivateKey: "an Ed448",
    dsa.DSAPrivateKey: "a DSA",
}


def _private(pem: bytes, domain: str) -> PrivateKeyTypes:
    what = f"The DKIM key for {domain}"
    if b"PRIVATE KEY" not in pem and (b"PUBLIC KEY" in pem or b"CERTIFICATE" in pem):
        raise InvalidInput(
            f"{what} is only the public half, which cannot sign: give the private key's file."
        )
    try:
        return serialization.load_pem_private_key(pem, password=None)
    except TypeError:
        raise InvalidInput(
            f"{what} is locked with a password: take it off with `openssl pkey -in KEY -out NEW`, "
            "for nobody is there to type it."
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidInput(
            f"{what} cannot be read: give an RSA or Ed25519 private key in PEM, without a password."
        ) from None


def dns_record(signer: Signer) -> str:
    """The TXT record to publish at `<selector>._domainkey.<domain>` for the signer's own key.

    RFC 6376, 3.6.1; an Ed25519 key stands bare, without the frame of an RSA one (RFC 8463, 4).
    """
    public = signer.key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        kind, raw = (
            "rsa",
            public.public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            ),
        )
    else:
        kind, raw = "ed25519", public.public_bytes_raw()
    return f"v=DKIM1; k={kind}; p={base64.b64encode(raw).decode()}"


def dns_records(signer: Signer) -> dict[str, str]:
    """Every TXT record that a signer needs, by its whole name; two where two keys sign."""
    found: dict[str, str] = {}
    one: Signer | None = signer
    while one is not None:
        found[f"{one.selector}._domainkey.{one.domain}"] = dns_record(one)
        one = one.also
    return found
