"""DKIM signatures, relaxed/relaxed, by RSA (RFC 6376), Ed25519 (RFC 8463), or both.

In: the exact bytes of a mail, a key, an instant. Out: the same bytes with a DKIM-Signature on top.
Never: DNS, a key made up on the way, a signature without List-Unsubscribe-Post (RFC 8058, 4).
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

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

LEAST_BITS = 1024

_WSP = re.compile(rb"[ \t]+")
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_TRAILING = re.compile(rb" +(?=\r\n)")


def relaxed_header(name: bytes, value: bytes) -> bytes:
    """One header field, RFC 6376 section 3.4.2, without the ending CRLF."""
    flat = _WSP.sub(b" ", _FOLD.sub(b"", value)).strip(b" \t\r\n")
    return name.strip(b" \t").lower() + b":" + flat


def relaxed_body(body: bytes) -> bytes:
    """A body, RFC 6376 section 3.4.4: spaces reduced, empty lines at the end gone."""
    whole = body if body.endswith(b"\r\n") else body + b"\r\n"
    lines = _TRAILING.sub(b"", _WSP.sub(b" ", whole)).rstrip(b"\r\n")
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
        fields, body = split(mail)
        names = _signed_names(fields)
        body_hash = base64.b64encode(hashlib.sha256(relaxed_body(body)).digest()).decode()
        listed = ":\r\n\t".join(_in_lines(names))
        field = b""
        signer: Signer | None = self
        while signer is not None:
            value = (
                f" v=1; a={signer.algorithm}; c=relaxed/relaxed; d={signer.domain};\r\n"
                f"\ts={signer.selector}; t={int(at.timestamp())};\r\n\th={listed};\r\n"
                f"\tbh={body_hash};\r\n\tb="
            ).encode("ascii")
            covered = _chosen(fields, names)
            covered.append(relaxed_header(b"DKIM-Signature", value))
            signature = base64.b64encode(_signature(signer.key, b"\r\n".join(covered)))
            folded = b"\r\n\t ".join(signature[i : i + 70] for i in range(0, len(signature), 70))
            field += b"DKIM-Signature:" + value + folded + b"\r\n"
            signer = signer.also
        return field + mail


def both(first: Signer, second: Signer) -> Signer:
    """Two keys of one domain that sign each mail together (RFC 8463, 3 advises RSA beside Ed25519).

    Raises:
        InvalidInput: both have one selector, under which DNS can hold one key only.
    """
    if first.selector.lower() == second.selector.lower() and first.domain == second.domain:
        raise InvalidInput(
            f"Both DKIM keys of {first.domain} have the selector {first.selector!r}; "
            "give the second key a selector of its own."
        )
    return replace(first, also=second)


def _signature(key: Key, covered: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(covered, padding.PKCS1v15(), hashes.SHA256())
    # What Ed25519 signs is the hash of the headers, not the headers (RFC 8463, 3).
    return key.sign(hashlib.sha256(covered).digest())


def _signed_names(fields: list[tuple[bytes, bytes]]) -> list[str]:
    present = [name.strip().lower().decode("ascii", "replace") for name, _ in fields]
    names = [name for name in SIGNED for _ in range(present.count(name))]
    return names + [name for name in OVERSIGNED if name in present or name == "reply-to"]


def _in_lines(names: list[str], a_line: int = 5) -> list[str]:
    return [":".join(names[i : i + a_line]) for i in range(0, len(names), a_line)]


def _chosen(fields: list[tuple[bytes, bytes]], names: list[str]) -> list[bytes]:
    """The canonical fields that `h=` names, each name taken from the bottom up (section 5.4.2)."""
    below: dict[str, list[bytes]] = {}
    for name, value in fields:
        key = name.strip().lower().decode("ascii", "replace")
        below.setdefault(key, []).append(relaxed_header(name, value))
    return [below[name].pop() for name in names if below.get(name)]


def load(pem: bytes, domain: str, selector: str) -> Signer:
    """A signer from a private key in PEM.

    Raises:
        InvalidInput: the file holds no RSA or Ed25519 private key, or an RSA one below 1024 bits
            (RFC 8301).
    """
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise InvalidInput(
            f"The DKIM key for {domain} cannot be read: give an RSA or Ed25519 private key in PEM, "
            "without a password."
        ) from None
    if isinstance(key, Ed25519PrivateKey):
        return Signer(domain, selector, key)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise InvalidInput(
            f"The DKIM key for {domain} is not an RSA key, nor an Ed25519 one; "
            "make an RSA key of 2048 bits."
        )
    if key.key_size < LEAST_BITS:
        raise InvalidInput(
            f"The DKIM key for {domain} has {key.key_size} bits; make one of 2048 bits."
        )
    return Signer(domain, selector, key)


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
