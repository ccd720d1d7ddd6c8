"""Signature Version 4 of AWS, as much of it as one signed POST needs.

In: a request, keys, an instant. Out: its headers. Never: a network, a clock, a key in an error.

Forty lines of the standard library in place of botocore, which weighs 25 MB, is synchronous and
brings an HTTP stack of its own. Published vectors and botocore itself are the oracles in the tests.
Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlsplit

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True)
class Keys:
    """An access key. `token` belongs to temporary ones."""

    id: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Scope:
    """Where a signature is good."""

    region: str
    service: str


def sign(
    keys: Keys, scope: Scope, request: tuple[str, str, bytes], at: datetime, **extra: str
) -> dict[str, str]:
    """The headers of a signed request, Authorization among them.

    Args:
        keys: whose request it is.
        scope: region and service.
        request: method, URL without a query, body.
        at: the instant of signing, UTC; AWS takes it for five minutes.
        extra: further headers to sign, with underscores for dashes.
    """
    method, url, body = request
    parts = urlsplit(url)
    stamp = f"{at:%Y%m%dT%H%M%SZ}"
    headers = {name.replace("_", "-"): value for name, value in extra.items()}
    headers |= {"host": parts.netloc, "x-amz-date": stamp}
    if keys.token:
        headers["x-amz-security-token"] = keys.token
    names = ";".join(sorted(headers))
    canonical = "\n".join(
        [
            method,
            quote(parts.path or "/", safe="/-_.~"),
            "",
            *(f"{name}:{headers[name].strip()}" for name in sorted(headers)),
            "",
            names,
            hashlib.sha256(body).hexdigest(),
        ]
    )
    day = f"{stamp[:8]}/{scope.region}/{scope.service}/aws4_request"
    to_sign = "\n".join([_ALGORITHM, stamp, day, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{keys.secret}".encode()
    for word in day.split("/"):
        key = _mac(key, word)
    signature = _mac(key, to_sign).hex()
    words = f"{_ALGORITHM} Credential={keys.id}/{day}, SignedHeaders={names}, Signature={signature}"
    return {**_shown(headers), "Authorization": words}


def _mac(key: bytes, words: str) -> bytes:
    return hmac.new(key, words.encode(), hashlib.sha256).digest()


def _shown(headers: Mapping[str, str]) -> dict[str, str]:
    """Without the host, which the connection names by itself."""
    return {name: value for name, value in headers.items() if name != "host"}
