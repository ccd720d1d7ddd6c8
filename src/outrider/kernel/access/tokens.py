"""Secrets of 256 random bits: what is stored of them.

In: a token. Out: its hash. Never: a stored token.
"""

from __future__ import annotations

import hashlib


def hash_of(token: str) -> str:
    """SHA-256 in hex: the token has 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()
