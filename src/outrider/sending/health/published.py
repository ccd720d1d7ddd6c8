"""What a domain publishes for DKIM and DMARC, read as receivers read it.

In: the text of a record. Out: its parts and its faults. Never: DNS.

Sources: RFC 6376, 3.6.1 (keys); RFC 8463 (ed25519); RFC 8301 (least key lengths); RFC 7489, 6.3
(DMARC) and 3.1 (alignment).
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from outrider.sending.health.lookalike import organizational

LEAST_BITS = 1024
GOOD_BITS = 2048
_POLICIES = ("none", "quarantine", "reject")


def tags_of(record: str) -> dict[str, str] | None:
    """`name=value; …` as a dictionary; None when it is no such list or names a tag twice."""
    tags: dict[str, str] = {}
    for part in record.strip().rstrip(";").split(";"):
        name, sign, value = part.partition("=")
        name = name.strip().lower()
        if not sign or not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in tags:
            return None
        tags[name] = value.strip()
    return tags


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A published key; `fault` says why receivers cannot use it."""

    public: str = ""
    """Base64, without blanks."""
    kind: str = "rsa"
    bits: int = 0
    is_testing: bool = False
    fault: str = ""


def dkim_key(record: str) -> DkimKey:
    """Read the TXT record at `<selector>._domainkey.<domain>`."""
    tags = tags_of(record)
    if tags is None:
        return DkimKey(fault="it is no list of tags such as v=DKIM1; k=rsa; p=…")
    if tags.get("v", "DKIM1") != "DKIM1":
        return DkimKey(fault=f"its version is {tags['v'][:20]!r}, which receivers ignore")
    kind = tags.get("k", "rsa").lower()
    public = re.sub(r"\s", "", tags.get("p", ""))
    is_testing = "y" in tags.get("t", "").split(":")
    if "p" not in tags:
        return DkimKey(kind=kind, fault="it has no p= with the key")
    if not public:
        return DkimKey(kind=kind, fault="its p= is empty, which says that the key was revoked")
    try:
        raw = base64.b64decode(public, validate=True)
        bits = 256 if kind == "ed25519" else _rsa_bits(raw)
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return DkimKey(public, kind, fault="its p= is no whole key: a part was lost on the way")
    if kind not in ("rsa", "ed25519") or (kind == "ed25519" and len(raw) != 32):
        return DkimKey(public, kind, bits, fault=f"its kind of key {kind!r} is not known")
    if kind == "rsa" and bits < LEAST_BITS:
        return DkimKey(public, kind, bits, is_testing, f"{bits} bits are less than {LEAST_BITS}")
    return DkimKey(public, kind, bits, is_testing)


def _rsa_bits(raw: bytes) -> int:
    key = load_der_public_key(raw)
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("no RSA key")
    return key.key_size


@dataclass(frozen=True, slots=True)
class Dmarc:
    """A DMARC policy; `fault` says why receivers do not apply it."""

    policy: str = ""
    subdomains: str = ""
    percent: int = 100
    strict_spf: bool = False
    strict_dkim: bool = False
    reports_to: tuple[str, ...] = ()
    fault: str = ""


def dmarc(records: list[str]) -> Dmarc | None:
    """Read the TXT records at `_dmarc.<domain>`; None when none of them is DMARC's."""
    found = [text for text in records if re.match(r"v\s*=\s*DMARC1\s*(;|$)", text)]
    if not found:
        return None
    if len(found) > 1:
        return Dmarc(fault=f"{len(found)} records stand side by side, so receivers apply none")
    tags = tags_of(found[0])
    if tags is None:
        return Dmarc(fault="it is no list of tags such as v=DMARC1; p=none; rua=mailto:…")
    policy = tags.get("p", "").lower()
    reports = tuple(one.strip() for one in tags.get("rua", "").split(",") if one.strip())
    if policy not in _POLICIES:
        return Dmarc(fault=f"its policy p={policy[:20]!r} is none of {', '.join(_POLICIES)}")
    percent = tags.get("pct", "100")
    return Dmarc(
        policy=policy,
        subdomains=tags.get("sp", policy).lower(),
        percent=int(percent) if percent.isdigit() and int(percent) <= 100 else 100,
        strict_spf=tags.get("aspf", "r").lower() == "s",
        strict_dkim=tags.get("adkim", "r").lower() == "s",
        reports_to=reports,
    )


def is_aligned(from_domain: str, other: str, *, is_strict: bool) -> bool:
    """Whether a domain that was authenticated speaks for the one in From (RFC 7489, 3.1)."""
    one, two = from_domain.lower().rstrip("."), other.lower().rstrip(".")
    return one == two if is_strict else organizational(one) == organizational(two)
