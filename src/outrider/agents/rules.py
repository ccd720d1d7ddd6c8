"""Decisions of the room: whom to write to first.

In: contacts. Out: an order. Never: I/O, a clock, chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from outrider.prospects.types import Contact

PREFERRED_TITLES: tuple[str, ...] = (
    r"chief accounting|controller|principal accounting",
    r"\bcfo\b|chief financial|finance director|head of finance|vp,? (?:of )?finance",
    r"accounting|accountant|lease|reporting|tax",
    r"finance|financial|treasur|audit",
    r"real estate|facilities|property|procurement",
    r"\bceo\b|\bcoo\b|founder|owner|president|operations",
)
"""Who is asked first, best first; of equal titles the order that the room below gives is kept."""


def best_first(contacts: Iterable[Contact]) -> list[Contact]:
    """The people of one account, the one whose work it is first."""
    return sorted(contacts, key=lambda contact: _rank_of(contact.title))


def _rank_of(title: str) -> int:
    known = enumerate(PREFERRED_TITLES)
    return next(
        (rank for rank, words in known if re.search(words, title, re.I)), len(PREFERRED_TITLES)
    )
