"""Hours of the clock: `at 4 in the morning`, `half past seven`, `before 9 sharp`.

In: a number of a mail and its text. Out: yes or no. Never: `10:30`, which is no mention at all.
"""

from __future__ import annotations

import re

from outrider.guardrails.reading.mentions import Mention, MentionKind

_CLOCK_BEFORE = re.compile(r"\b(?:at|by|around|before|after|until|past|from)[ ]$", re.IGNORECASE)
_CLOCK_AFTER = re.compile(
    r"(?: (?:in the (?:morning|afternoon|evening)|at night|sharp|o'clock|tomorrow|"
    r"today|on (?:mon|tues|wednes|thurs|"
    r"fri)day|(?:mon|tues|wednes|thurs|fri)day|your time|my time|to \d)\b|[,.?!](?:\s|$)|$|\n)",
    re.IGNORECASE,
)
_AT_AN_HOUR = re.compile(
    r" (?:in the (?:morning|afternoon|evening)|o'clock|sharp)\b", re.IGNORECASE
)
_TIME_BEFORE = re.compile(
    r"\b(?:at|by|around|before|after|until|past|from|the|it's|it is|was)[ ]$", re.IGNORECASE
)
_HOUR_AND_MINUTES = re.compile(r"(?:[01]?\d|2[0-3])\.[0-5]\d")
_HALF_PAST = re.compile(r"\b(?:half|quarter|five|ten|twenty) (?:past|to) $", re.IGNORECASE)


def is_clock(mention: Mention, text: str) -> bool:
    """Whether a number is an hour: `at 4 in the morning`, `half past seven`."""
    if mention.kind is not MentionKind.NUMBER or not 0 < mention.number <= 24:
        return False
    if _HOUR_AND_MINUTES.fullmatch(mention.text):
        return _TIME_BEFORE.search(text, max(0, mention.start - 8), mention.start) is not None
    if _AT_AN_HOUR.match(text, mention.end) or _HALF_PAST.search(
        text, max(0, mention.start - 16), mention.start
    ):
        return True
    if not _CLOCK_BEFORE.search(text, max(0, mention.start - 8), mention.start):
        return False
    return _CLOCK_AFTER.match(text, mention.end) is not None
