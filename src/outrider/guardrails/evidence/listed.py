"""Lists that hold one thing more than the source: `sofas, beds and kitchens` of sofas and beds.

In: the claimed words of a statement, its source, the account's other sources. Out: the item that is not told.
Never: a list of which the source tells less than two things; that is another way to put it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from outrider.guardrails.evidence.agreement import is_akin
from outrider.guardrails.evidence.covers import Cover
from outrider.guardrails.reading.phrases import STOPS
from outrider.guardrails.reading.plainwords import stems

_ITEM = r"[A-Za-z\u00c0-\u024f][\w'\u2019-]*(?: [A-Za-z\u00c0-\u024f][\w'\u2019-]*)?"
_LIST = re.compile(
    rf"(?<![\w,])(?P<first>{_ITEM})(?P<middle>(?:, {_ITEM}){{1,5}}),? (?:and|or) (?P<last>{_ITEM})"
)
_DETERMINERS = frozenset("the a an this that your its our their".split())
_DETERMINED = re.compile(r"\b(?:the|an?|this|that|your|its|our|their) $", re.IGNORECASE)
_IN_A_LIST = re.compile(r"\w(?:,| and| or) \w")


def not_listed(cover: Cover, text: str, others: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The offsets of the items of a claimed list that neither its source nor any other tells."""
    if cover.fact.kind != "statement" or not _IN_A_LIST.search(cover.source):
        return
    for found in _LIST.finditer(text, cover.start, cover.end):
        items = list(_items(found))
        told = [_is_told(item, cover.source) for item, _ in items]
        if sum(told) < 2:
            continue
        for (item, start), is_told in zip(items, told, strict=True):
            if not is_told and not any(_is_told(item, other) for other in others):
                yield start, start + len(item)


def _items(found: re.Match[str]) -> Iterator[tuple[str, int]]:
    """Each item with its offset; of the first and the last one the word beside the list."""
    first = found["first"].split()[-1]
    if not _DETERMINED.search(found.string, 0, found.end("first") - len(first)):
        yield first, found.end("first") - len(first)
    at = found.start("middle")
    for item in found["middle"].split(", ")[1:]:
        at = found.string.index(item, at)
        yield item, at
        at += len(item)
    last = found["last"].split()[0]
    if last.lower() not in _DETERMINERS:
        yield last, found.start("last")


def _is_told(item: str, source: str) -> bool:
    words = stems(item) - STOPS
    return not words or not words.isdisjoint(stems(source)) or is_akin(item, source)
