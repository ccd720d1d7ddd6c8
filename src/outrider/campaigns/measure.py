"""Measures of a text that need no judgement: sentences, paragraphs, words, grade level.

In: text. Out: numbers and pieces of that text. Never: what the words mean.
"""

from __future__ import annotations

import re
import string
from decimal import Decimal
from functools import lru_cache

_SENTENCE_END = re.compile(r"([.!?])[\"')\]]*\s+")
_BLANK_LINE = re.compile(r"\n\s*\n")
_BULLET_LINE = re.compile(r"\n(?=\s*(?:[•·*\-–]|\d{1,2}[.)])\s)")
# Of bytes: on text with a single letter outside ASCII the same table costs ten times as much. Every
# sign in it is ASCII, and no such byte is part of another character in UTF-8.
_NO_LETTERS = bytes.maketrans(
    _SIGNS := (string.punctuation.replace("'", "") + string.digits).encode(), b" " * len(_SIGNS)
)
_NO_WORD_WITH = ("@", "http", "www.")
_VOWELS = re.compile(r"[aeiouyäöüéèáíóú]+")
_QUOTE_INTRO = re.compile(
    r"^(?:(?:on|am) .{5,200}(?:wrote|schrieb)[^\n]{0,60}:|_{10,}|.{2,60}(?: writes| wrote):)[ \t]*$",
    re.M | re.I,
)
_INTRO_WORDS = ("wrote", "writes", "schrieb", "____")
_LAST_LINE = re.compile(r"\n(?:--[ \t]*(?:\n|\Z)|-{2,} ?original message)", re.I)

LEAST_WORDS_FOR_GRADE = 30
"""Below that a grade level says more about one long word than about the text."""


def own_text(text: str) -> str:
    """What the sender wrote anew: no quoted lines, nothing after the signature mark `-- `."""
    if "\n--" in text and (end := _LAST_LINE.search(text)):
        text = text[: end.start()]
    if ">" in text:
        text = "\n".join([line for line in text.split("\n") if not _is_quoted(line)])
    if any(word in text for word in _INTRO_WORDS):
        text = _QUOTE_INTRO.sub("", text)
    return text.strip()


def _is_quoted(line: str) -> bool:
    return ">" in line and line.lstrip(" \t").startswith((">", "|>"))


def paragraphs(text: str) -> list[str]:
    """Blocks between empty lines."""
    return [block for block in map(str.strip, _BLANK_LINE.split(text)) if block]


def sentences(text: str, *, wrapped: bool) -> list[str]:
    """Sentences in order, with their end mark.

    Args:
        text: whole text.
        wrapped: the lines were broken at a column (plain text), so a line end is a blank; otherwise
            each line is a block of its own.
    """
    found: list[str] = []
    for block in _BLANK_LINE.split(text):
        for line in _BULLET_LINE.split(block) if wrapped else block.split("\n"):
            pieces = _SENTENCE_END.split(" ".join(line.split()) if wrapped else line.strip())
            for place in range(0, len(pieces) - 1, 2):
                if piece := pieces[place]:
                    found.append(piece + pieces[place + 1])
            if pieces[-1]:
                found.append(pieces[-1])
    return found


def words(text: str) -> list[str]:
    """Words in lower case; numbers, signs, addresses and links are no words."""
    marks = [mark for mark in _NO_WORD_WITH if mark in text]
    if marks:
        pieces = text.split()
        for mark in marks:
            pieces = [piece for piece in pieces if mark not in piece]
        text = " ".join(pieces)
    data = text.lower().encode("utf-8", "surrogatepass").translate(_NO_LETTERS)
    return data.decode("utf-8", "surrogatepass").split()


@lru_cache(maxsize=50_000)
def syllables(word: str) -> int:
    """Groups of vowels, less a silent e at the end: within one of a hand count for most words."""
    groups = len(_VOWELS.findall(word))
    if groups > 1 and word[-1] == "e" and word[-2] not in "aeiouyl":
        groups -= 1
    return max(1, groups)


def grade_level(tokens: list[str], sentence_total: int) -> Decimal | None:
    """Flesch-Kincaid grade level, one decimal, at least 0; None for fewer than 30 words.

    0.39 words/sentence + 11.8 syllables/word - 15.59 (Kincaid, Fishburne, Rogers and Chissom 1975,
    Naval Technical Training Command Research Branch Report 8-75). It is made for English prose.
    """
    if len(tokens) < LEAST_WORDS_FOR_GRADE or sentence_total < 1:
        return None
    spoken = sum(map(syllables, tokens))
    grade = 0.39 * len(tokens) / sentence_total + 11.8 * spoken / len(tokens) - 15.59
    return Decimal(max(0.0, grade)).quantize(Decimal("0.1"))


def percentile(ordered: list[int], share: float) -> int:
    """The nearest-rank percentile of an ascending list; 0 for an empty one."""
    if not ordered:
        return 0
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]
