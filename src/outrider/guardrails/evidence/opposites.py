"""Words that turn a statement round: `less than budgeted` of what a source calls more.

In: a mail's clause, a source. Out: the word of the mail whose opposite the source has. Never: a verb of an
event; those are `happenings`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from outrider.guardrails.reading.mentions import Mention, MentionKind
from outrider.guardrails.reading.numerals import source_mentions

_PAIRS = (
    "in-house|insourc\\w+ / outsourc\\w+",
    "exports?|exported|exporting / imports?|imported|importing",
    "surplus / deficit|shortfall",
    "profits?|profitable / loss|losses|loss-making|unprofitable",
    "majority / minority",
    "primary / secondary",
    "residential / commercial",
    "wholesale / retail",
    "overseas|abroad|international|foreign / domestic|at home",
    "full-time / part-time",
    "long-term / short-term",
    "permanent / temporary|interim",
    "fixed-rate / variable-rate|floating-rate",
    "inbound / outbound",
    "indoor / outdoor",
    "northern / southern",
    "eastern / western",
    "largest|biggest|highest / smallest|lowest",
    "oldest / newest|youngest",
    "above|ahead of|exceed\\w* / below|behind|short of",
    "cold|chilled|frozen / ambient",
    "organic / conventional",
    "unionized|unionised / non-union",
    "publicly|listed / privately|unlisted",
    "onshore / offshore",
    "voluntary / compulsory|mandatory",
    "owned / leased|rented",
    "ahead of schedule|early / delayed|late|behind schedule",
    "under budget / over budget",
)
_SIDES = tuple(
    tuple(re.compile(rf"\b(?:{side})\b", re.IGNORECASE) for side in pair.split(" / "))
    for pair in _PAIRS
)
_PREFIXED = re.compile(r"\b(?:de|un|non-)([a-z]{7,})\b", re.IGNORECASE)
"""A word that may undo another; shorter ones are words of their own, as `deliver`."""
_THAN = r"\b(?=(?: [a-z]+)? (?:than|of|the|last|what|budget|plan)\b)"
_MORE = re.compile(
    rf" (?:[a-z]+ ){{0,2}}?(?P<more>more|higher|above|over|ahead|longer|larger|bigger|better){_THAN}"
    r"| (?:[a-z]+ ){0,2}?(?P<less>less|fewer|lower|below|under|behind|short|shorter|smaller|worse)"
    rf"{_THAN}"
)


def turned(clause: str, source: str) -> tuple[int, int] | None:
    """Where a clause has a word whose opposite the source has, while the source does not have it."""
    for side, other in _told(source):
        found = side.search(clause)
        if found and not other.search(clause):
            return found.span()
    return _undone(clause, source)


def _undone(clause: str, source: str) -> tuple[int, int] | None:
    """`Decommissioned` of what the source commissioned, or the other way round."""
    for one, other, is_of_clause in ((clause, source, True), (source, clause, False)):
        for found in _PREFIXED.finditer(one):
            plain = re.search(rf"(?<![\w-]){found[1]}\b", other, re.IGNORECASE)
            if plain and found[0].lower() not in other.lower():
                return found.span() if is_of_clause else plain.span()
    return None


@lru_cache(maxsize=512)
def _told(source: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """For each word of a pair that a source has alone: the pattern of its opposite, and its own."""
    found = []
    for one, other in _SIDES:
        has_one, has_other = one.search(source) is not None, other.search(source) is not None
        if has_one and not has_other:
            found.append((other, one))
        elif has_other and not has_one:
            found.append((one, other))
    return tuple(found)


def is_turned(mention: Mention, text: str, source: str) -> bool:
    """`£4.6m less than budgeted`, where the source has the same figure more."""
    said = _way(text, mention.end)
    return said is not None and any(
        item.kind is mention.kind and item.number == mention.number and way not in (None, said)
        for item in source_mentions(source)
        if item.kind is not MentionKind.DATE
        for way in (_way(source, item.end),)
    )


def _way(text: str, end: int) -> str | None:
    found = _MORE.match(text, end)
    return found.lastgroup if found else None
