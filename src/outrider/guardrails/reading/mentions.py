"""What in a text states something: amounts, numbers, shares, dates and names.

In: one part of a mail, and the names that may stand in it. Out: mentions with their offsets, parsed.
Never: a judgement whether a mention is true; that is `claims`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from outrider.guardrails.reading.harmless import COUNTED_OFF, STANDARDS
from outrider.guardrails.reading.plainwords import small, words_of


class MentionKind(StrEnum):
    """What a mention is."""

    AMOUNT = "amount"
    NUMBER = "number"
    PERCENT = "percentage"
    DATE = "date"
    NAME = "name"


class Mention(NamedTuple):
    """A piece of text that states something.

    `number` is the value with its scale worked in, `half_unit` half of the last place as written.
    A date has the parts that are written; `day_low` and `day_high` bound the day of its month.
    """

    kind: MentionKind
    start: int
    end: int
    text: str
    number: Decimal = Decimal(0)
    half_unit: Decimal = Decimal(0)
    currency: str | None = None
    year: int | None = None
    month: int | None = None
    day_low: int = 1
    day_high: int = 31
    swapped: tuple[int, int] | None = None
    qualifier: str = ""


_LINKS = re.compile(r"(?:https?://|www\.)\S{1,2000}", re.IGNORECASE)
_ADDRESSES = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_RULES_AND_TIMES = re.compile(
    rf"\b(?=\w)(?:{STANDARDS}|pages? \d{{1,3}}\b|[01]?\d(?::[0-5]\d)?[ ]?(?:[ap]\.?m\b\.?)|[0-2]?\d:[0-5]\d\b)",
    re.IGNORECASE,
)
"""Each form begins a word, which is asked once: most places of a text begin none."""
_RESULTS = re.compile(
    r"\b(?:customers?|clients?|users|sav(?:es?|ed|ing|ings)|trust\w*)\b", re.IGNORECASE
)
_GUESS = re.compile(
    r"\b(?:must|I'd say|reckon|suspect|believe|fancy|expect|assume|guess|suppose|imagine|"
    r"probably|likely|may|might|presumably|"
    r"perhaps|surely|if|bet|seems?)\b"
    r"|^(?!.*\b(?:you have|you've|you run|you hold|you keep)\b).*\ban? [a-z]+",
    re.IGNORECASE | re.DOTALL,
)
_VAGUE = re.compile(
    r"dozens|hundreds|thousands|(?:several|a few|a couple of|some|many) (?:dozen|hundred|thousand)",
    re.IGNORECASE,
)
_COUNTED_OFF = re.compile(COUNTED_OFF, re.IGNORECASE)
_COUNT_OFF_WORDS = frozenset(
    "number note step part option question item point tip day week round idea reason problem exhibit chapter no".split()
)
_FIGURE_NEXT = re.compile(r"\.? (?:\d|one|two|thr|fou|fiv|six|sev|eig|nin|ten|ele|twe)")
_DIGITS = re.compile(r"\d\d*")
_DIGITS_PLAIN = re.compile(r"[0-9][0-9]*")
"""The same of ASCII; a set that stands once and first is found fast, here and in `_SENTENCE_END`."""
_AROUND = 40
"""How far before and after a digit the name of a rule or a time of day may reach."""
_LONGEST_SENTENCE = 600
_SENTENCE_END = re.compile(
    r"[.!?\n](?:(?<=\n)|(?=\s)(?<!\bDr[.!?])(?<!\bMr[.!?])(?<!\bMs[.!?])(?<!\bMrs[.!?])(?<!\bSt[.!?])"
    r"(?<!\bNo[.!?])(?<!\bInc[.!?])(?<!\bvs[.!?])(?<![ .][A-Z][.!?]))"
)


def is_guess(text: str, mention: Mention) -> bool:
    """Whether `hundreds` is only guessed, or said of anybody, and of no results or customers.

    `You have hundreds of leases` states; `a chain like yours must keep hundreds` guesses.
    """
    if not _VAGUE.fullmatch(mention.text):
        return False
    said = text[slice(*sentence(text, mention.start, mention.end))]
    return bool(_GUESS.search(said)) and not _RESULTS.search(said)


def zones(text: str) -> list[tuple[int, int]]:
    """Links, addresses, names of standards and times of day: nothing inside them is a mention."""
    # Each look is skipped where it cannot find anything: most mails hold none of these.
    patterns = [_LINKS] if "://" in text or "www." in text.lower() else []
    patterns += [_ADDRESSES] if "@" in text else []
    patterns += [_COUNTED_OFF] if _may_count_off(text) else []
    found = [hit.span() for pattern in patterns for hit in pattern.finditer(text)]
    return found + _rules_and_times(text)


def _may_count_off(text: str) -> bool:
    """Whether a figure or the first letters of a number follow one of the words that count off."""
    words = _COUNT_OFF_WORDS & words_of(text)
    low = small(text) if words else ""
    return any(_FIGURE_NEXT.match(low, at) for word in words for at in _ends_of(word, low))


def _ends_of(word: str, low: str) -> Iterator[int]:
    at = low.find(word)
    while at >= 0:
        at += len(word)
        yield at
        at = low.find(word, at)


def _rules_and_times(text: str) -> list[tuple[int, int]]:
    """Looked for around digits only."""
    return [
        hit.span()
        for low, high in windows(digits_of(text), _AROUND)
        for hit in _RULES_AND_TIMES.finditer(text, low, high)
    ]


@lru_cache(maxsize=64)
def digits_of(text: str) -> tuple[tuple[int, int], ...]:
    """Where the runs of digits of a text stand."""
    pattern = _DIGITS_PLAIN if text.isascii() else _DIGITS
    return tuple([found.span() for found in pattern.finditer(text)])


def windows(places: Iterable[tuple[int, int]], width: int) -> list[tuple[int, int]]:
    """The stretches of a text within `width` characters of these places in it."""
    found: list[tuple[int, int]] = []
    for start, end in places:
        low, high = max(0, start - width), end + width
        if found and low <= found[-1][1]:
            low = found.pop()[0]
        found.append((low, high))
    return found


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The offsets of the sentence around a piece of text."""
    ends = _sentence_ends(text)
    at, after = bisect_right(ends, start), bisect_left(ends, end)
    # A mention may end in the period that closes its sentence, as in `5 p.m.`.
    low, high = (ends[at - 1] if at else 0), (ends[after] if after < len(ends) else len(text))
    return max(low, start - _LONGEST_SENTENCE), min(high, end + _LONGEST_SENTENCE)


@lru_cache(maxsize=64)
def _sentence_ends(text: str) -> tuple[int, ...]:
    return tuple(found.end() for found in _SENTENCE_END.finditer(text))


def is_free(taken: bytearray, found: re.Match[str]) -> bool:
    """Whether no earlier mention holds any of the characters found."""
    return taken.find(1, found.start(), found.end()) < 0


def take(taken: bytearray, found: re.Match[str]) -> None:
    """Mark the characters found as used."""
    taken[found.start() : found.end()] = b"\x01" * (found.end() - found.start())
