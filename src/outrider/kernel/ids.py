"""Identifiers. In: an instant. Out: UUIDv7 (RFC 9562, section 5.7). Never: a clock of its own."""

from __future__ import annotations

import os
from datetime import datetime
from typing import NewType
from uuid import UUID

WorkspaceId = NewType("WorkspaceId", UUID)
PersonId = NewType("PersonId", UUID)


def new_id(now: datetime) -> UUID:
    """A UUIDv7: 48 bits of Unix milliseconds from `now`, then 74 random bits."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    random = int.from_bytes(os.urandom(10), "big")
    value = milliseconds << 80
    value |= 0x7 << 76
    value |= ((random >> 62) & 0xFFF) << 64
    value |= 0b10 << 62
    value |= random & ((1 << 62) - 1)
    return UUID(int=value)


def random_token() -> str:
    """A secret of 256 random bits as 64 hex digits."""
    return os.urandom(32).hex()
