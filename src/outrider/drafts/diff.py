"""What changed between two texts, word by word.

In: two texts. Out: pieces that stayed, went and came, in reading order. Never: a loss: the pieces that
stayed and went make the first text again, those that stayed and came the second.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import StrEnum

MOST_PAIRS = 4_000_000
"""Above so many pairs of pieces a comparison takes seconds: coarser pieces are compared instead."""

_WORDS = re.compile(r"\S+|\s+")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


class Op(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


Piece = tuple[Op, str]


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """The way from one text to the other in pieces of whole words, white space included.

    What is removed comes before what is added in its place. Very long texts that have little in
    common are compared by lines, or told as wholly replaced.
    """
    for split in (_WORDS, _LINES):
        old, new = split.findall(before), split.findall(after)
        start = _common(old, new)
        end = _common(old[start:][::-1], new[start:][::-1])
        middle = old[start : len(old) - end], new[start : len(new) - end]
        if len(middle[0]) * len(middle[1]) <= MOST_PAIRS:
            pieces = [
                (Op.SAME, old[:start]),
                *_compared(*middle),
                (Op.SAME, old[len(old) - end :]),
            ]
            return _joined(pieces)
    return _joined([(Op.REMOVED, [before]), (Op.ADDED, [after])])


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many pieces two texts share at their beginning."""
    for place, (one, other) in enumerate(zip(old, new, strict=False)):
        if one != other:
            return place
    return min(len(old), len(new))


def _compared(old: Sequence[str], new: Sequence[str]) -> list[tuple[Op, Sequence[str]]]:
    found: list[tuple[Op, Sequence[str]]] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            found.append((Op.SAME, old[old_from:old_to]))
        else:
            found.append((Op.REMOVED, old[old_from:old_to]))
            found.append((Op.ADDED, new[new_from:new_to]))
    return found


def _joined(pieces: Sequence[tuple[Op, Sequence[str]]]) -> tuple[Piece, ...]:
    """Whole stretches: neighbours of one kind joined, and a space between two changes part of both."""
    found: list[Piece] = []
    removed = added = ""
    texts = [(op, "".join(words)) for op, words in pieces]
    texts = [piece for piece in texts if piece[1]]
    for place, (op, text) in enumerate(texts):
        is_between = op is Op.SAME and not text.strip() and (removed or added)
        if is_between and place + 1 < len(texts):
            removed, added = removed + text, added + text
        elif op is Op.REMOVED:
            removed += text
        elif op is Op.ADDED:
            added += text
        else:
            found += _change(removed, added)
            removed = added = ""
            found.append((Op.SAME, text))
    return tuple(found + _change(removed, added))


def _change(removed: str, added: str) -> list[Piece]:
    return [piece for piece in ((Op.REMOVED, removed), (Op.ADDED, added)) if piece[1]]
