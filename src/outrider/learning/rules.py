"""Decisions of the room: how far two texts differ, and what notes teach.

In: texts. Out: a distance, notes with their support. Never: I/O, a clock, a rule from one voice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from difflib import SequenceMatcher

from outrider.drafts.types import Note

KEPT_FOR = timedelta(days=30)
"""A-46: an observation counts for thirty days."""

LEAST_SUPPORT = 2
"""One person's word on one draft is no rule yet."""

MOST_NOTES = 20
COMPARED_WORDS = 5_000

_CLAUSE_END = re.compile(
    r"[.;\n!]+|,? and (?=(?:please )?(?:do|don't|never|avoid|use|be|keep|no|less|more|lead)\b)|, "
)
_SPACES = re.compile(r"\s+")
_POLITE = re.compile(r"^(?:please|pls|kindly|and|but|also|make it|it should be)\s+", re.I)


def edit_distance(before: str, after: str) -> int:
    """Characters of the words that were added, removed or replaced.

    Words are compared, not characters: a reviewer replaces words. Of a replaced stretch the longer
    side counts. 0 means the same words.
    """
    old, new = before.split()[:COMPARED_WORDS], after.split()[:COMPARED_WORDS]
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(
        max(len(" ".join(old[i1:i2])), len(" ".join(new[j1:j2])))
        for tag, i1, i2, j1, j2 in steps
        if tag != "equal"
    )


def notes(rejections: Iterable[str]) -> tuple[Note, ...]:
    """What at least two rejections ask for, the most often asked first.

    A note is split into its clauses, so that `shorter, and do not open with filing data`
    and `Shorter please.` agree on one thing. Each note counts a clause once. The newest wording is
    kept: `rejections` come newest first.
    """
    support: Counter[str] = Counter()
    wording: dict[str, str] = {}
    for note in rejections:
        for key, clause in {_key(clause): clause for clause in _clauses(note)}.items():
            support[key] += 1
            wording.setdefault(key, clause)
    often = [(key, count) for key, count in support.items() if count >= LEAST_SUPPORT]
    in_order = sorted(often, key=lambda pair: (-pair[1], pair[0]))[:MOST_NOTES]
    return tuple(Note(text=wording[key], support=count) for key, count in in_order)


def _clauses(note: str) -> Sequence[str]:
    parts = (_SPACES.sub(" ", part).strip(" ,:-") for part in _CLAUSE_END.split(note))
    return [part for part in parts if part and _key(part)]


def _key(clause: str) -> str:
    """What makes two wordings one: case, politeness and punctuation do not."""
    bare = re.sub(r"[^\w\s]", "", clause.casefold().replace("don't", "do not").replace("’", "'"))
    bare = _SPACES.sub(" ", bare).strip()
    while (shorter := _POLITE.sub("", bare)) != bare:
        bare = shorter
    return bare.removesuffix(" please").strip()
