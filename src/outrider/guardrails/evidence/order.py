"""Which of two figures is the older: `from 12 to 8`, `$27 million against $19 million`.

In: a text with its figures, and the words of sources. Out: pairs told the wrong way round.
Never: a judgement of a figure itself, or of a pair that no source tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from outrider.guardrails.reading.mentions import Mention, MentionKind
from outrider.guardrails.reading.numerals import figures
from outrider.guardrails.reading.phrases import phrase_after
from outrider.guardrails.reading.plainwords import stems

_FROM = re.compile(r"\bfrom (?:about |nearly |some |roughly )?$", re.IGNORECASE)
_TO = re.compile(
    r"^(?:[^.;!?\n]|\.\d){0,30}?\b(?:to|into) (?:about |nearly |some |roughly )?$", re.IGNORECASE
)
_THEN = re.compile(r"^(?:[^.;!?\n]|\.\d){0,30}?, (?:and )?(?:then|now|today) $", re.IGNORECASE)
_BEFORE = re.compile(
    r"^(?:[^.;!?\n]|\.\d){0,50}?(?:\bfrom|\bagainst|\bversus|\bvs\.?|\bcompared (?:with|to)|\bafter|\bwas|"
    r"\((?:fiscal |FY ?)?(?:19|20)\d\d:?|\((?:previous|prior) year:?)"
    r" (?:about |nearly |some |roughly |just )?$",
    re.IGNORECASE,
)
_WAS = re.compile(r"\bwas $", re.IGNORECASE)
_EARLIER = re.compile(
    r"^[^.;!?\n]{0,20}?\b(?:the year before|a year earlier|the previous year)\b", re.I
)
_PART = re.compile(r" of (?:(?:our|your|the|its|their|all) ){0,2}")
_OF_THEM = re.compile(r" of (?:them|which|whom)\b")
_NEXT_TO = re.compile(r"(?: [a-z-]+){1,3}(?: in [A-Z]\w+| at year[- ]end)?, ")
_NOW_AFTER = re.compile(
    r"(?: [a-z]+){0,3}? (?:this year|today|now|currently|at present|these days)\b", re.IGNORECASE
)
_NOW_BEFORE = re.compile(
    r"\b(?:this year's|today's|now|current|latest) (?:[a-z]+ )?(?:of )?$", re.IGNORECASE
)
_YEAR_BEFORE = re.compile(r"((?:19|20)\d\d):? (?:[A-Z]{3} ?)?$")
_YEAR_AFTER = re.compile(
    r"(?: [a-z]+){0,2}? (?:in|for|at the end of|at year[- ]end|by the end of) (?:fiscal |FY ?)?((?:19|20)\d\d)\b"
)
_REACH = 70


class Pair(NamedTuple):
    """Two figures of one thing at two times, by their places in the text."""

    older: Mention
    newer: Mention


def reversed_pairs(
    text: str, mentions: Sequence[Mention], sources: Sequence[str]
) -> Iterator[tuple[int, int]]:
    """The offsets of pairs that a source tells with old and new exchanged."""
    yield from _impossible_parts(text, mentions)
    told = [pair for source in sources for pair in pairs_of(source)]
    for item in mentions if told else ():
        olders = [
            known.older
            for known in told
            if _is_same(item, known.older) and not _is_same(item, known.newer)
        ]
        if item.kind is MentionKind.DATE or not olders:
            continue
        if _is_of_now(text, item):
            yield item.start, item.end
        elif (end := _later_year(text, item, olders)) is not None:
            yield item.start, end
    for pair in _pairs(text, mentions) if told else ():
        for known in told:
            if _is_same(pair.older, known.newer) and _is_same(pair.newer, known.older):
                start = min(pair.older.start, pair.newer.start)
                yield start, max(pair.older.end, pair.newer.end)
                break


def _is_of_now(text: str, mention: Mention) -> bool:
    """Whether words beside a figure say that it is the newest one."""
    after = _NOW_AFTER.match(text, mention.end) is not None
    return after or _NOW_BEFORE.search(text, max(0, mention.start - 24), mention.start) is not None


def _later_year(text: str, mention: Mention, olders: Sequence[Mention]) -> int | None:
    """Where a year right after a figure ends that is later than the one that the source gives it."""
    said = _YEAR_AFTER.match(text, mention.end)
    if said and all(older.year is not None and older.year < int(said[1]) for older in olders):
        return said.end()
    return None


def _year_of(text: str, mention: Mention) -> int | None:
    """The year that a source gives a figure: `(2024: 182)`, `from $31 million in 2024`."""
    before = _YEAR_BEFORE.search(text, max(0, mention.start - 12), mention.start)
    found = before or _YEAR_AFTER.match(text, mention.end)
    return int(found[1]) if found else None


def _impossible_parts(text: str, mentions: Sequence[Mention]) -> Iterator[tuple[int, int]]:
    """`74 of our 11 branches`: a part that is larger than its whole."""
    counted = sorted(
        (item for item in mentions if item.kind is MentionKind.NUMBER), key=lambda item: item.start
    )
    for part, whole in pairwise(counted):
        if part.number > whole.number > 0 and _PART.fullmatch(text[part.end : whole.start]):
            yield part.start, whole.end
        elif whole.number > part.number > 0 and _OF_THEM.match(text, whole.end):
            # `Three pubs, 118 of them leasehold`.
            if _NEXT_TO.fullmatch(text[part.end : whole.start]):
                yield part.start, whole.end


def direction(source: str) -> frozenset[str]:
    """Whether pairs of a source tell a rise or a fall, as names of families of verbs."""
    return frozenset(
        "rise" if pair.newer.number > pair.older.number else "fall"
        for pair in pairs_of(source)
        if pair.newer.number != pair.older.number
    )


@lru_cache(maxsize=512)
def pairs_of(source: str) -> tuple[Pair, ...]:
    """The pairs of old and new figures of a source."""
    found = tuple(figures(source, bytearray(len(source))))
    dated = (
        item._replace(year=_year_of(source, item))
        for item in found
        if item.kind is not MentionKind.DATE
    )
    return tuple(_pairs(source, tuple(dated)))


def _pairs(text: str, mentions: Sequence[Mention]) -> Iterator[Pair]:
    for kind in (MentionKind.AMOUNT, MentionKind.PERCENT, MentionKind.NUMBER):
        alike = sorted(
            (item for item in mentions if item.kind is kind), key=lambda item: item.start
        )
        for first, second in pairwise(alike):
            if second.start - first.end <= _REACH:
                yield from _pair(text, first, second)


def _pair(text: str, first: Mention, second: Mention) -> Iterator[Pair]:
    between = text[first.end : second.start]
    is_from = _FROM.search(text, max(0, first.start - 16), first.start) is not None
    if (is_from and _TO.search(between)) or _THEN.search(between):
        yield Pair(first, second)
    elif (
        (not is_from or "(" in between)
        and _BEFORE.search(between)
        and not _is_place_of(text, first, second)
    ):
        earlier = _EARLIER.search(text[second.end : second.end + 40]) is not None
        if earlier or not _WAS.search(between):
            yield Pair(second, first)


def _is_place_of(text: str, first: Mention, second: Mention) -> bool:
    """`34,600 tonnes from 21 sites`: where it comes from, and no older figure."""
    between = text[first.end : second.start]
    counted = phrase_after(text, second.end)
    return between.endswith("from ") and bool(counted) and counted.isdisjoint(stems(between))


def _is_same(one: Mention, other: Mention) -> bool:
    most = max(one.half_unit, other.number / 100)
    return one.kind is other.kind and abs(one.number - other.number) <= most
