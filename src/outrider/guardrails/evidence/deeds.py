"""Which event a figure is told with: `opened 22 stores and closed nine`.

In: a figure of a mail and a source. Out: whether the mail gives it the event of another figure.
Never: an event that the source binds to no figure; that is `happenings`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from outrider.guardrails.evidence.agreement import is_about
from outrider.guardrails.evidence.happenings import told
from outrider.guardrails.reading.mentions import Mention, MentionKind, sentence
from outrider.guardrails.reading.numerals import source_mentions

_OF_ALL = re.compile(r"\bof (?:(?:our|your|the|its|their|all) ){0,2}$")
_UP_TO_FIGURE = re.compile(
    r" (?:(?:about|another|a further|some|the|its|our|your|nearly|almost|up|down|off) ){0,2}"
)
_FROM_FIGURE = re.compile(
    r"(?: (?!and\b|but\b|or\b)[a-z-]+){0,3}? (?:(?:were|was|have|has|had|been|newly) )*"
)


def is_done_otherwise(mention: Mention, text: str, source: str) -> bool:
    """Whether the verb beside a figure is one that the source has beside another figure only."""
    known = _deeds(source)
    if not known:
        return False
    low, high = sentence(text, mention.start, mention.end)
    said = deed_of(text[low:high], mention.start - low, mention.end - low)
    own = {
        deed for kind, number, deed in known if kind is mention.kind and is_about(mention, number)
    }
    return (
        said is not None
        and said not in own
        and (any(deed == said for _, _, deed in known) or {said, *own} == {"rise", "fall"})
        and (bool(own) or (mention.kind is MentionKind.NUMBER and not _is_whole(mention, text)))
    )


def _is_whole(mention: Mention, text: str) -> bool:
    """`11 of our 74 branches`: the verb is said of the part."""
    return _OF_ALL.search(text, max(0, mention.start - 16), mention.start) is not None


@lru_cache(maxsize=512)
def _deeds(source: str) -> tuple[tuple[MentionKind, Decimal, str], ...]:
    found = []
    for item in source_mentions(source):
        deed = None if item.kind is MentionKind.DATE else deed_of(source, item.start, item.end)
        if deed is not None:
            found.append((item.kind, item.number, deed))
    return tuple(found)


def deed_of(text: str, start: int, end: int) -> str | None:
    """The family of the verb right before a figure, else of the one right after what it counts."""
    events = told(text)
    for _, last, family in reversed(events):
        if last < start and _UP_TO_FIGURE.fullmatch(text[last:start]):
            return family
    for first, _, family in events:
        if first > end and _FROM_FIGURE.fullmatch(text[end:first]):
            return family
    return None
