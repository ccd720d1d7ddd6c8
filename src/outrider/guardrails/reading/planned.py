"""Days that a mail plans with: `Would March 12 work?`, `I'll check back in May`, `before 2027`.

In: a date of a mail, its text, today's date. Out: yes or no. Never: a date of the account's books.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from outrider.guardrails.reading.mentions import Mention, sentence

MEETING_WITHIN = timedelta(days=60)
MEETING_WITHIN_MONTHS = 6

_MEETING = re.compile(
    r"\b(?:call|meet|meeting|talk|chat|work|works|free|time|slot|available|calendar|send|by then|"
    r"catch up|speak|demo|suit|suits|minutes|better|fine|early enough|too late|good|would do|coffee|connect)\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\b(?:back|again|circle|revisit|follow|later|reach out|touch base|pick (?:it|"
    r"this) up|plans?|wait|until|after)\b",
    re.IGNORECASE,
)
_FINE = re.compile(
    r"\b(?:is|would be) (?:fine|good|better)\b|\bworks\b|\bsuits\b|\bwould do\b|\bI can\b", re.I
)
_OF_BOOKS = re.compile(
    r"\b(?:fiscal|year|year-end|books|clos(?:e[ds]?|ing)|end(?:s|ed)|expir\w+|filed|report\w*)\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:by|for|into|before|until|through|ahead of|going into|heading into|plans? for|in)[ ]$",
    re.IGNORECASE,
)


def is_planning(mention: Mention, text: str, today: date) -> bool:
    """Whether a date is one for a meeting, for writing again or for plans."""
    low, high = sentence(text, mention.start, mention.end)
    words = text[low:high]
    if mention.year is not None and mention.month is None:
        ahead = _AHEAD.search(text, max(0, mention.start - 20), mention.start)
        return mention.year >= today.year and ahead is not None
    if mention.month is None:
        return False
    if _AGAIN.search(words) and mention.day_low != mention.day_high:
        return "your" not in words.casefold().split()
    asks = words.rstrip().endswith("?") or _FINE.search(words)
    if not asks or not _MEETING.search(words) or _OF_BOOKS.search(words):
        return False
    if mention.day_low != mention.day_high:
        months = (mention.month - today.month) % 12
        return mention.year is None and months <= MEETING_WITHIN_MONTHS
    return is_soon(mention, today)


def is_soon(mention: Mention, today: date) -> bool:
    """Whether a day lies within the next weeks."""
    year = mention.year or today.year + ((mention.month or 0) < today.month)
    try:
        day = date(year, mention.month or 0, mention.day_low)
    except ValueError:
        return False
    return today <= day <= today + MEETING_WITHIN
