"""Marks that must never come back: a token in a prompt that shows up in a mail proves a leak.

In: a secret key and the name of what is marked; any text. Out: a token; the tokens in the text.
Never: a store, a clock, or a word that a person could have written.

A token is `qx` and twenty letters: sixteen of HMAC-SHA-256 (RFC 2104) over the subject, 80 bits, and
four that anybody can check, so that a token is known for one without the key. Each run of letters that
happens to have the form passes the check once in 2^20.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator

_MARK = "qx"
_SECRET_LETTERS, _CHECK_LETTERS = 16, 4
_LETTERS = _SECRET_LETTERS + _CHECK_LETTERS
# A model may change the case or break it up with blanks, hyphens or line ends.
_FORM = re.compile(rf"q[\W_]{{0,4}}x(?:[\W_]{{0,4}}[a-z2-7]){{{_LETTERS}}}", re.IGNORECASE)
_KEYED, _OPEN = b"outrider.canary.v1\n", b"outrider.canary.check.v1\n"


def token(key: bytes, subject: str) -> str:
    """The token that marks one subject, e.g. a prompt and a run; the same each time.

    Args:
        key: a secret of at least 16 bytes.
        subject: what is marked, in words that are stable.

    Raises:
        ValueError: the key is shorter than 16 bytes.
    """
    if len(key) < 16:
        raise ValueError(f"The key of a canary token has {len(key)} bytes: give 16 or more.")
    secret = _letters(hmac.digest(key, _KEYED + subject.encode(), hashlib.sha256), _SECRET_LETTERS)
    return _MARK + secret + _check_of(secret)


def found(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and plain form of each canary token, however it is cased or broken up."""
    at = 0
    while match := _FORM.search(text, at):
        plain = re.sub(r"[\W_]", "", match[0]).lower()
        secret, check = plain[len(_MARK) : -_CHECK_LETTERS], plain[-_CHECK_LETTERS:]
        genuine = _check_of(secret) == check
        if genuine:
            yield match.start(), match.end(), plain
        at = match.end() if genuine else match.start() + 1


def _check_of(secret: str) -> str:
    return _letters(hashlib.sha256(_OPEN + secret.encode()).digest(), _CHECK_LETTERS)


def _letters(digest: bytes, count: int) -> str:
    return base64.b32encode(digest).decode().lower()[:count]
