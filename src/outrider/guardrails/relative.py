"""Words that count time from today: `last month`, `seven weeks from now`, `in Q4`.

In: a text, today's date, the days that a fact is about. Out: mentions, and whether they fit.
Never: a clock; a day that is not given.

What a fact is about is a span of days, for `In September 2025` names thirty of them and an annual
figure a whole year. Relative words fit when the days that they can mean meet that span.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from outrider.guardrails.mentions import MentionKind, figures
from outrider.guardrails.plainwords import heads_of
from outrider.guardrails.types import KnownFact

_COUNTS = {
    word: count
    for count, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
} | {"a": 1, "an": 1, "a couple of": 2, "a few": 3, "half a": 0.5}  # fmt: skip
_DAYS = {"day": 1.0, "week": 7.0, "month": 30.44, "quarter": 91.3, "year": 365.25}
_SLACK = {"day": 1.0, "week": 6.0, "month": 20.0, "quarter": 46.0, "year": 200.0}
_COUNT = r"(?:\d{1,3}|half a|a couple of|a few|an?|" + "|".join(list(_COUNTS)[1:13]) + ")"
_SEASONS = {
    "spring": (3, 5),
    "summer": (6, 8),
    "autumn": (9, 11),
    "fall": (9, 11),
    "winter": (12, 2),
}
_RELATIVE = re.compile(
    rf"\b(?:(?P<hedge>less than|under|more than|over|a little more than|nearly|almost|about|some|"
    rf"roughly) )?(?P<count>{_COUNT}) (?P<unit>day|week|month|quarter|year)s? "
    rf"(?P<way>ago|back|earlier|from now|from today|later|on|in(?! a row)|into|after|"
    rf"left|to go|away|ahead|in advance|to|"
    rf"before|until|till|since|(?:have |has )?(?:gone by|passed|elapsed))\b"
    rf"|\bin (?:(?P<hedge2>less than|under|more than|over|about|nearly|almost) )?"
    rf"(?!(?:an?|one|a single) (?:quarter|day|year)\b)(?P<count2>{_COUNT}) "
    rf"(?P<unit2>day|week|month|quarter|year)s?\b(?! (?:a|per) )"
    rf"|\b(?P<which>last|this|next) (?P<what>week|month|quarter|year|spring|summer|autumn|fall|winter)\b(?! of\b)"
    rf"|\b(?P<beforelast>the year before last)\b|\b(?P<yesterday>yesterday)\b"
    rf"|\b(?:in|during|over) (?P<q>Q[1-4])\b(?![ -]?(?:FY|'?\d))",
    re.IGNORECASE,
)
_PAST_WAYS = ("ago", "back", "earlier", "on", "later", "in", "into", "after", "since", "gone by",
              "passed", "elapsed")  # fmt: skip
_TIME_HEADS = frozenset("day days week mont quar year spri summ autu fall wint yest q".split())
_MONTH = timedelta(days=31)
_YEAR_RANGE = timedelta(days=400)
"""How long after its day an annual figure is still last year's or this year's."""


@dataclass(frozen=True)
class Relative:
    """Relative words at their offsets, and the first and last day that they can mean."""

    start: int
    end: int
    text: str
    first: date
    last: date
    is_counted: bool
    quarter: int = 0
    is_year: bool = False


@lru_cache(maxsize=64)
def relatives(text: str, today: date) -> tuple[Relative, ...]:
    """Every word or phrase that tells a time by its distance from today."""
    if _TIME_HEADS.isdisjoint(heads_of(text)):
        return ()
    return tuple(_relative(found, today) for found in _RELATIVE.finditer(text))


def _relative(found: re.Match[str], today: date) -> Relative:
    first, last = _meant(found, today)
    return Relative(
        start=found.start(),
        end=found.end(),
        text=found[0],
        first=first,
        last=last,
        is_counted=bool(found["count"] or found["count2"]),
        quarter=int(found["q"][1]) if found["q"] else 0,
        is_year=(found["what"] or "").lower() == "year",
    )


def fits(words: Relative, fact: KnownFact, today: date) -> bool:
    """Whether the words can mean a day that the fact is about; a fact without days fits all."""
    spans = days_of(fact, today)
    source = fact.quote or fact.value
    if words.text.casefold() in source.casefold():
        return True
    if words.quarter:
        return not spans or any(_in_quarter(words.quarter, fact, span) for span in spans)
    if words.is_year and words.first <= today:
        spans += tuple((last, last + _YEAR_RANGE) for _, last in spans)
    return not spans or any(first <= words.last and words.first <= last for first, last in spans)


def days_of(fact: KnownFact, today: date) -> tuple[tuple[date, date], ...]:
    """The spans of days that a fact is about, from its value, its words, or else its date."""
    yearly = re.fullmatch(r"(\d{2})-(\d{2})", fact.value)
    if yearly:
        return tuple(
            (day, day)
            for year in (today.year - 1, today.year, today.year + 1)
            for day in _days(year, int(yearly[1]), int(yearly[2]))
        )
    written = written_days(fact.quote or fact.value) if fact.kind == "statement" else ()
    if written and fact.as_of and any(last - first > _MONTH for first, last in written):
        # `Fiscal 2026` is the year up to the report's day, not the calendar's.
        return (*written, (fact.as_of - timedelta(days=366), fact.as_of))
    if written:
        return written
    return ((fact.as_of - timedelta(days=366), fact.as_of),) if fact.as_of else ()


@lru_cache(maxsize=512)
def written_days(text: str) -> tuple[tuple[date, date], ...]:
    """The first and last day of every date in a text that has a year."""
    spans = []
    for mention in figures(text, bytearray(len(text))):
        if mention.kind is not MentionKind.DATE or mention.year is None:
            continue
        low, high = mention.month or 1, mention.month or 12
        spans += [
            (first, last)
            for first in _days(mention.year, low, mention.day_low)
            for last in _days(mention.year, high, mention.day_high)
        ]
    return tuple(spans)


def _days(year: int, month: int, day: int) -> list[date]:
    """The day, or the last one of its month; nothing for a month that is none."""
    if not (1 <= month <= 12 and 1 <= year <= 9998):
        return []
    following = date(year + month // 12, month % 12 + 1, 1)
    return [min(date(year, month, 1) + timedelta(days=day - 1), following - timedelta(days=1))]


def _in_quarter(quarter: int, fact: KnownFact, span: tuple[date, date]) -> bool:
    said = ("first", "second", "third", "fourth")[quarter - 1]
    if re.search(r"\b(?:first|second|third|fourth) quarter\b", fact.quote):
        return f"{said} quarter" in fact.quote
    return any((day.month - 1) // 3 + 1 == quarter for day in span)


def _meant(found: re.Match[str], today: date) -> tuple[date, date]:
    unit = (found["unit"] or found["unit2"] or "").lower()
    if unit:
        return _counted(found, unit, today)
    if found["q"]:
        return today, today
    if found["yesterday"]:
        return today - timedelta(days=1), today - timedelta(days=1)
    if found["beforelast"]:
        return date(today.year - 2, 1, 1), date(today.year - 2, 12, 31)
    return _named(found["which"].lower(), found["what"].lower(), today)


def _counted(found: re.Match[str], unit: str, today: date) -> tuple[date, date]:
    word = (found["count"] or found["count2"]).lower()
    count = float(word) if word.isdigit() else float(_COUNTS[word])
    length = count * _DAYS[unit]
    slack = max(_SLACK[unit], 0.15 * length)
    low, high = length - slack, length + slack
    hedge = (found["hedge"] or found["hedge2"] or "").lower()
    if hedge in ("less than", "under"):
        low, high = length / 2, length + 1
    elif hedge in ("more than", "over", "a little more than"):
        low, high = length - 1, length * 1.6
    low = max(low, 0)
    way = (found["way"] or "").lower()
    if way.endswith(_PAST_WAYS):
        return _moved(today, -high), _moved(today, -low)
    return _moved(today, low), _moved(today, high)


def _named(which: str, what: str, today: date) -> tuple[date, date]:
    step = {"last": -1, "this": 0, "next": 1}[which]
    if what == "week":
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
        return monday, monday + timedelta(days=6)
    if what == "year":
        return _of_year(today.year + step)
    if what in ("month", "quarter"):
        width = 1 if what == "month" else 3
        start = (today.year * 12 + today.month - 1) // width * width + step * width
        return _months(start, width)
    low, _ = _SEASONS[what]
    start = today.year * 12 + low - 1
    first, last = _months(start, 3)
    if which == "last" and last >= today:
        return _months(start - 12, 3)
    if which == "next" and first <= today:
        return _months(start + 12, 3)
    return first, last


def _of_year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def _months(start: int, width: int) -> tuple[date, date]:
    end = start + width
    return date(start // 12, start % 12 + 1, 1), date(end // 12, end % 12 + 1, 1) - timedelta(
        days=1
    )


def _moved(today: date, days: float) -> date:
    return date.fromordinal(max(1, min(date.max.toordinal(), today.toordinal() + round(days))))
