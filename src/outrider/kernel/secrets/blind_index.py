"""Keyed hashes by which a value is found again without being readable: HMAC-SHA-256 (RFC 2104).

In: a key and a value in its one normal form. Out: 64 hex digits. Never: a plain hash of an address, which
anybody could make of a list of addresses.

A keyed hash tells which rows are equal, and how often; it answers no other question. One key serves one
purpose: the rows of two lists cannot be joined by it.
"""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID


def blind(key: bytes, value: str) -> str:
    """The index of a value; the caller has brought it to its normal form.

    Raises:
        ValueError: the key has not 32 bytes.
    """
    if len(key) != 32:
        raise ValueError(f"the key of a blind index has {len(key)} bytes, not 32")
    return hmac.digest(key, value.encode(), hashlib.sha256).hex()


def workspace_key(key: bytes, workspace: UUID) -> bytes:
    """A key of this workspace alone, so that one address has another index in each workspace."""
    return hmac.digest(key, b"blind index of workspace " + workspace.bytes, hashlib.sha256)
