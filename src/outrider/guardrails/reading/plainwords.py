"""Words without their endings, and whether a word is an everyday one.

In: a word or a text. Out: stems, yes or no. Never: a judgement of what is said with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from outrider.guardrails.reading.everyday import EVERYDAY
from outrider.guardrails.reading.harmless import BRAND_WORDS, ORDINARY
from outrider.guardrails.reading.vocabulary import THINGS

_ENDINGS = (
    ("ies", ("y",)),
    ("ied", ("y",)),
    ("ily", ("y",)),
    ("ness", ("", "y")),
    ("est", ("", "e")),
    ("ing", ("", "e")),
    ("ers", ("", "e", "er")),
    ("er", ("", "e")),
    ("es", ("", "e")),
    ("ed", ("", "e")),
    ("ly", ("", "le")),
    ("s", ("",)),
)
_PREFIXES = ("un", "re", "non", "pre", "over", "under", "sub", "mid", "half", "self")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_RUN = re.compile(r"[a-z]+")
_SMALL = {0x0130: "i", 0x0131: "i", 0x017F: "s"}
"""The letters that patterns take for a small one of ASCII, and `lower` does not."""
_EMPTY = frozenset(
    "a an the of in on at to for and or by with from as is are was were be been being our your its "
    "their my his her this that these those than more most all each per which who whom we you it "
    "they i not about over nearly some only had has have do does did so if but then up out off into "
    "one new".split()
)


@lru_cache(maxsize=16384)
def is_everyday(word: str) -> bool:
    """Whether a word is one of everyday English, in any of its forms, and no known brand."""
    folded = word.casefold().replace("\u2019", "'")
    folded = folded.removesuffix("'s").rstrip("'")
    if folded in BRAND_WORDS:
        return False
    if "-" in folded:
        parts = [part for part in folded.split("-") if part]
        return bool(parts) and all(
            part in _PREFIXES or part.isdigit() or is_everyday(part) for part in parts
        )
    return any(form in EVERYDAY or form in ORDINARY or form in THINGS for form in _forms(folded))


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A word cut so that its forms look alike: `leases`, `leased` and `leasing` are `leas`."""
    folded = word.casefold()
    for ending in ("ational", "ations", "ation", "ments", "ment", "ings", "ing", "ies", "ied", "ers",
                   "er", "es", "ed", "ly", "s", "y", "e"):  # fmt: skip
        if folded.endswith(ending) and len(folded) - len(ending) >= 3:
            cut = folded[: -len(ending)]
            return cut[:-1] if len(cut) > 3 and cut[-1] == cut[-2] and cut[-1] not in "sl" else cut
    return folded


@lru_cache(maxsize=2048)
def stems(text: str) -> frozenset[str]:
    """The stems of the words of a text that mean something."""
    return frozenset(
        stem(found[0]) for found in _WORD.finditer(text) if found[0].casefold() not in _EMPTY
    )


@lru_cache(maxsize=64)
def words_of(text: str) -> frozenset[str]:
    """The small letters' runs of a text: a cheap look whether a pattern can match at all."""
    return frozenset(_RUN.findall(small(text)))


@lru_cache(maxsize=64)
def heads_of(text: str) -> frozenset[str]:
    """The first four letters of each word of a text."""
    return frozenset([word[:4] for word in words_of(text)])


@lru_cache(maxsize=64)
def starts_of(text: str) -> frozenset[str]:
    """The first six letters of each word of a text: `closure` is told from `closed`."""
    return frozenset([word[:6] for word in words_of(text)])


def small(text: str) -> str:
    """The text in small letters, sign for sign, as a pattern sees it that ignores case."""
    return text.lower() if text.isascii() else text.translate(_SMALL).lower()


def _forms(word: str) -> Iterator[str]:
    yield word
    for ending, endings in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            cut = word[: -len(ending)]
            for other in endings:
                yield cut + other
            if len(cut) > 3 and cut[-1] == cut[-2]:
                yield cut[:-1]
    if word.endswith(("ings", "ers", "lies")):
        yield from _forms(word[:-1])
