"""The words that hang on a figure: the noun phrase after it, and the one that leads to it.

In: a text and where a figure stands in it. Out: stems. Never: a name, or a word beyond the clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from outrider.guardrails.reading.mentions import sentence
from outrider.guardrails.reading.plainwords import small, stem

REACH = 60
"""How many characters before and after a figure a phrase may take."""

_TOKEN = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*|[.,;:!?()\n\u2014]")
STOPS = frozenset(
    "and or but so yet while which that who whom whose where when because if as than then at on from by with without "
    "for to into per across through during since after before under over about between within against among beside "
    "is are was were be been being has have had do does did will would could should can may might must not n't "
    "a an the your you our we its it their they his her this these those some any each every both all last next now "
    "today still also just only already i'd i'm you're you've means mean meant makes make leaves gives puts sits sit "
    "comes go goes went sounds deserve deserves suggests tends keeps keep must".split()
)
_LEADS = frozenset(
    "of in worth on the your its our their all those these total us annual about".split()
)
_LINKS = re.compile(
    r"(?:\b(?:of|at|was|were|is|are|to|reached|hit|totals?|total+ed|exceeded|reported|by|around|up|down|now|only|"
    r"just|some|"
    r"about|roughly|nearly|almost|over|under|a|little|more|less|than|put|stood|stands|came|comes|approximately|close|"
    r"north|well|below|above|an?|estimated)\b[ ]|[:=(] ?)+$",
    re.IGNORECASE,
)
_LINK_ENDS = tuple(
    "of |at |was |were |is |are |to |hit |total |totals |ed |by |around |up |down |now |only |just |some |about |"
    "roughly |nearly |almost |over |under |a |little |more |less |than |put |stood |stands |came |comes |"
    "approximately |close |north |well |below |above |an |:|: |=|= |(|( ".split("|")
)
"""What `_LINKS` ends in."""
_MUST_LINK = re.compile(
    r"\b(?:of|at|was|were|is|are|to|reached|hit|totals?|total+ed|exceeded|by)\b|[:=(]",
    re.IGNORECASE,
)
_ADJUNCT = re.compile(
    r"(?:,? (?:last year|this year|in (?:fiscal |FY ?)?(?:19|20)\d\d|for the year|a year|(?:for|in) the (?:last |"
    r"past )?"
    r"(?:year|quarter|half)|today|at (?:the )?year[- ]end))+ ?$",
    re.IGNORECASE,
)


def hanging(text: str, start: int, end: int) -> frozenset[str]:
    """The stems of the noun phrases after a figure and leading to it."""
    return frozenset((*_words_after(text, end), *_phrase_before(text, start)))


def phrase_after(text: str, end: int) -> frozenset[str]:
    """The stems of the noun phrase after a figure."""
    return frozenset(_words_after(text, end))


JOINED = re.compile(r"-([a-z]{2,})\b(?!-)")
"""`A 1,200-seat site` counts seats and no sites."""
_IN_A_YEAR = re.compile(
    r" (?:in|for|during|over) (?:(?:one|a|the|a single|fiscal|last|this|its) )*(?:year|quarter|month|[12]\d{3})\b"
)


def _words_after(text: str, end: int) -> Iterator[str]:
    joined = JOINED.match(text, end)
    if joined or _IN_A_YEAR.match(text, end):
        if joined:
            yield stem(joined[1])
        return
    count = 0
    for token in _TOKEN.finditer(text, end, end + REACH):
        word = token[0].lower()
        if not count and word in _LEADS:
            continue
        if count and word == "of":
            continue
        if not word[0].isalpha() or word in STOPS or word in _LEADS or count == 4:
            return
        count += 1
        if not _is_name(text, token.start()):
            yield stem(word)


def _phrase_before(text: str, start: int) -> Iterator[str]:
    low, _ = sentence(text, start, start)
    before = text[max(low, start - REACH) : start]
    if not small(before).endswith(_LINK_ENDS):
        return
    link = _LINKS.search(before)
    if link is None or not _MUST_LINK.search(link[0]):
        return
    before = _ADJUNCT.sub("", before[: link.start()])
    count = 0
    for token in reversed(list(_TOKEN.finditer(before))):
        word = token[0].lower()
        if not word[0].isalpha() or word in STOPS or count == 3:
            return
        count += 1
        if not _is_name(before, token.start()):
            yield stem(word)


def _is_name(text: str, start: int) -> bool:
    """Whether a word has a capital where no sentence begins: a name names no thing."""
    return start > 1 and text[start].isupper() and text[start - 2].isalnum()
