"""Dates in a text, with the parts that are written: `2 February 2025`, `early March`, `FY24`.

In: a text. Out: mentions of dates. Never: a date that is not written, such as `last week`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from outrider.guardrails.reading.mentions import (
    Mention,
    MentionKind,
    digits_of,
    is_free,
    take,
    windows,
)
from outrider.guardrails.reading.plainwords import words_of

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = (
    r"(?P<{0}>(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER)\b|"
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_DAY = r"(?P<{0}>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<{0}>(?:19|20)\d\d)"
_HAS_MONTH = re.compile(
    "Jan|Feb|Mar|Apr|May|MAY|Jun|JU|Jul|Aug|AUG|Sep|SEP|Oct|OCT|Nov|NOV|Dec|DEC|JAN|FEB|MAR|APR"
)
_AROUND = 24
"""The longest that a date reaches before or after its month."""
_MONTH_WORDS = frozenset(_MONTHS)
_DATE_WITH_MONTH = re.compile(
    rf"\b(?=\w)(?:{_MONTH.format('m1')} {_DAY.format('d1')}\b(?!%|,\d|\.\d)(?:,? {_YEAR.format('y1')}\b)?"
    rf"|{_DAY.format('d2')} (?:of )?{_MONTH.format('m2')}(?:,? {_YEAR.format('y2')}\b)?"
    rf"|(?P<era>[Ee]arly|[Mm]id|[Ll]ate|[Ee]nd of|[Bb]eginning of|[Ss]tart of)[ -]"
    rf"{_MONTH.format('m3')}(?: {_YEAR.format('y3')}\b)?"
    rf"|{_MONTH.format('m4')} {_YEAR.format('y4')}\b"
    rf"|(?:[Ii]n|[Bb]y|[Oo]f|[Ss]ince|[Uu]ntil|[Tt]hrough|[Ll]ast|[Nn]ext|[Tt]his|[Ff]rom|"
    rf"[Bb]efore|[Aa]fter|[Ee]very|[Yy]our|[Tt]he|[Dd]uring) {_MONTH.format('m5')}"
    rf"(?! (?:be|have|not|I|we|you|[0-3]?\d(?:st|nd|rd|th)?)\b(?!%|,\d|\.\d))(?:,? {_YEAR.format('y5')}\b)?"
    rf"|(?P<m6>January|February|April|June|July|August|September|October|November|December)\b)"
)
_HAS_DATE_DIGITS = re.compile(r"\d\d|\d/")
_DATE_IN_DIGITS = re.compile(
    rf"\b(?P<iso_y>\d{{4}})-(?P<iso_m>[01]\d)-(?P<iso_d>[0-3]\d)\b"
    rf"|\b(?P<n1>[01]?\d)/(?P<n2>[0-3]?\d)(?:/(?P<ny>(?:19|20)?\d\d))?\b(?!/)"
    rf"|\b(?:FY|CY|[Ff]iscal(?: [Yy]ear)?|Q[1-4](?:[ -]FY)?)[ -]?'?(?P<fy>(?:19|20)?\d\d)\b"
    rf"|(?<![\d.,/$€£-])\b{_YEAR.format('y7')}(?:'?s)?\b"
    rf"(?![,.]?\d|[ ]?(?:%|percent|people|million|billion))"
)


def dates(text: str, taken: bytearray) -> Iterator[Mention]:
    """Every date of a text, in the order of the forms; marks in `taken` what it used."""
    has_month = not _MONTH_WORDS.isdisjoint(words_of(text))
    if not has_month and not digits_of(text):
        return
    for is_possible, quick, pattern in (
        (has_month, _HAS_MONTH, _DATE_WITH_MONTH),
        (digits_of(text), _HAS_DATE_DIGITS, _DATE_IN_DIGITS),
    ):
        hits = quick.finditer(text) if is_possible else ()
        for low, high in windows((hit.span() for hit in hits), _AROUND):
            for found in pattern.finditer(text, low, high):
                mention = _dated(found) if is_free(taken, found) else None
                if mention is not None:
                    take(taken, found)
                    yield mention


def month_named(text: str) -> int | None:
    """The month that a text names and nothing else: `March` in a claim on a year's end."""
    return _MONTHS.get(text.strip().rstrip(".").lower())


def _dated(found: re.Match[str]) -> Mention | None:
    part = found.groupdict()
    year = next(
        (part[k] for k in ("iso_y", "y1", "y2", "y3", "y4", "y5", "y7", "ny", "fy") if part.get(k)),
        None,
    )
    month = _month(part)
    low, high = _days(part)
    swapped = None
    if (one := part.get("n1")) and (other := part.get("n2")):
        first, second = int(one), int(other)
        if not (1 <= first <= 12 and 1 <= second <= 31):
            return None
        month, low, high = first, second, second
        swapped = (second, first) if second <= 12 else None
    written = int(year) if year else None
    if written is not None and written < 100:
        written += 2000
    # A claim of `October` covers `in October`; `last October` states more than the month.
    bare = bool(part.get("m5")) and not re.match("last|next|this", found[0], re.IGNORECASE)
    start = found.start("m5") if bare else found.start()
    return Mention(
        kind=MentionKind.DATE,
        start=start,
        end=found.end(),
        text=found.string[start : found.end()],
        year=written,
        month=month,
        day_low=low,
        day_high=high,
        swapped=swapped,
    )


def _month(part: dict[str, str | None]) -> int | None:
    if iso := part.get("iso_m"):
        return int(iso)
    name = next((part[k] for k in ("m1", "m2", "m3", "m4", "m5", "m6") if part.get(k)), None)
    return _MONTHS[name.lower().rstrip(".")] if name else None


def _days(part: dict[str, str | None]) -> tuple[int, int]:
    day = next((part[k] for k in ("iso_d", "d1", "d2") if part.get(k)), None)
    if day:
        return int(day), int(day)
    era = (part.get("era") or "").lower()
    if era in ("early", "beginning of", "start of"):
        return 1, 12
    if era == "mid":
        return 9, 21
    return (20, 31) if era in ("late", "end of") else (1, 31)
