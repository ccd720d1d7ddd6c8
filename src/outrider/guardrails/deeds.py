"""Which event a figure is told with: `opened 22 stores and closed nine`.

In: a figure of a mail and a source. Out: whether the mail gives it the event of another figure.
Never: an event that the source binds to no figure; that is `happenings`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from outrider.guardrails.happenings import told
from outrider.guardrails.mentions import Mention, MentionKind, sentence
from outrider.guardrails.numerals import figures

_UP_TO_FIGURE = re.compile(
    r" (?:(?:about|another|a further|some|the|its|our|your|nearly|almost|up|down|off) ){0,2}"
)
_FROM_FIGURE = re.compile(
    r"(?: (?!and\b|but\b|or\b)[a-z-]+){0,3}? (?:(?:were|was|have|has|had|been|newly) )*"
)


def is_done_otherwise(mention: Mention, text: str, source: str) -> bool:
    """Whether the verb beside a figure is one that the source has beside another figure only."""
    known = _deeds(source)
    if len({deed for _, _, deed in known}) < 2:
        return False
    low, high = sentence(text, mention.start, mention.end)
    said = _deed(text[low:high], mention.start - low, mention.end - low)
    own = {deed for kind, number, deed in known if (kind, number) == (mention.kind, mention.number)}
    return (
        bool(own)
        and said is not None
        and said not in own
        and any(deed == said for _, _, deed in known)
    )


@lru_cache(maxsize=512)
def _deeds(source: str) -> tuple[tuple[MentionKind, object, str], ...]:
    found = []
    for item in figures(source, bytearray(len(source)), is_source=True):
        deed = None if item.kind is MentionKind.DATE else _deed(source, item.start, item.end)
        if deed is not None:
            found.append((item.kind, item.number, deed))
    return tuple(found)


def _deed(text: str, start: int, end: int) -> str | None:
    """The family of the verb right before a figure, else of the one right after what it counts."""
    events = told(text)
    for _, last, family in reversed(events):
        if last < start and _UP_TO_FIGURE.fullmatch(text[last:start]):
            return family
    for first, _, family in events:
        if first > end and _FROM_FIGURE.fullmatch(text[end:first]):
            return family
    return None
