"""Words that count time from today: `last month`, `seven weeks from now`, `in Q4`.

In: a text, today's date, the days that a fact is about. Out: mentions, and whether they fit.
Never: a clock; a day that is not given.

What a fact is about is a span of days, for `In September 2025` names thirty of them and an annual
figure a whole year. Relative words fit when the days that they can mean meet that span.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from outrider.guardrails.reading.mentions import Mention, MentionKind, windows
from outrider.guardrails.reading.numerals import figures
from outrider.guardrails.reading.plainwords import heads_of, small
from outrider.guardrails.types import KnownFact

_COUNTS = {
    word: count
    for count, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
} | {"a": 1, "an": 1, "a couple of": 2, "a few": 3, "half a": 0.5, "thirty": 30, "forty": 40, "fifty": 50,
     "sixty": 60, "seventy": 70,
     "eighty": 80, "ninety": 90,
     "a good": 1, "several": 4, "the better part of a": 0.8}  # fmt: skip
_DAYS = {"day": 1.0, "week": 7.0, "fortnight": 14.0, "month": 30.44, "quarter": 91.3, "year": 365.25,
         "decade": 3652.5, "century": 36525.0}  # fmt: skip
_SLACK = {"day": 1.0, "week": 6.0, "fortnight": 6.0, "month": 20.0, "quarter": 46.0, "year": 200.0,
          "decade": 900.0, "century": 9000.0}  # fmt: skip
_COUNT = (
    r"(?:\d{1,3}|half a|a couple of|a few|a good|the better part of a|an?|several|"
    + "|".join(list(_COUNTS)[1:21])
    + (
        "|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-(?:one|two|three|four|five|six|seven|"
        "eight|nine))?)"
    )
)
_UNIT = (
    "day|week|fortnight|month|quarter|year|decade|century|winter|summer|spring|autumn|fall|season|christmas|"
    "vintage|harvest"
)
_HEDGE = (
    "a little under|slightly under|a touch under|barely|a little over|slightly over|a touch over|slightly more than|"
    "around|approximately|close to|less than|not quite|a bit under|just under|under|a bit over|just over|"
    "well over|more than|over|at least|"
    "a little more than|nearly|almost|about|some|roughly"
)
_SHORT_OF = frozenset(
    "less than|under|not quite|a bit under|just under|a little under|slightly under|a touch under|barely".split(
        "|"
    )
)
_BEYOND = frozenset(
    "more than|over|a little more than|a bit over|just over|well over|at least|a little over|slightly over|"
    "a touch over|slightly more than".split("|")
)
_LASTED = re.compile(
    rf"(?:(?!an? |half )[a-z']+ |a (?:little|bit|good|full) ){{0,7}}?"
    rf"(?P<low>{_COUNT})(?:(?: to | or | and |-)(?P<high>{_COUNT}))?(?P<half> and a half)?[ -](?:(?:long|good|full|"
    rf"short|"
    rf"busy) )?(?P<unit>{_UNIT})(?:e?s)?(?P<half2> and a half)?(?:[ -][\w'&]+){{0,9}}[.,!?]?",
    re.IGNORECASE,
)
_SEASONS = {
    "spring": (3, 5),
    "summer": (6, 8),
    "autumn": (9, 11),
    "fall": (9, 11),
    "winter": (12, 2),
}
_RELATIVE = re.compile(
    rf"\b(?=\w)(?:(?P<count3>{_COUNT})-(?P<unit3>{_UNIT})-old\b"
    rf"|\b(?:for|(?:in|over|during) the (?:past|last)|these|the past|the last) (?:(?P<hedge4>{_HEDGE}) )?"
    rf"(?!an? (?:day|while|quarter|season)\b)(?P<count4>{_COUNT}) (?:long |whole |full |good |"
    rf"solid )?(?P<unit4>{_UNIT})(?:e?s)?\b"
    rf"|\bin (?:its|their|the|your) (?P<nth>second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth) year\b"
    rf"|\b(?P<birthday>first|second|third|fourth|fifth|tenth) (?:anniversary|birthday)\b"
    rf"|(?<![\w-])(?:(?P<hedge>{_HEDGE}) )?(?P<count>{_COUNT})(?P<halves> and a half)? (?P<whole>full |whole |entire )?"
    rf"(?:good |long |solid )?(?P<unit>{_UNIT})(?:e?s)?(?P<half> and a half)?(?: and (?:an?|two|three|four) "
    rf"(?:day|week|month)s?)? "
    rf"(?P<way>ago|back|earlier|old(?= now|[.,;!?\n]| and\b)|behind (?:you|us|them|it)|from now|from today|later|"
    rf"on|in(?=[,.;:?!\n]|$| and\b| at\b)|into|after|"
    rf"left|to go|away|ahead|in advance|to(?= (?:the|your|its|our|this|that|an?|(?-i:[A-Z\d])))|"
    rf"before|until|till|since|(?:have |has )?(?:gone by|passed|elapsed|gone(?= since)))\b"
    rf"|\bin (?:(?P<hedge2>{_HEDGE}) )?"
    rf"(?!(?:an?|one|a single) (?:quarter|day|year|night|season|winter|summer|spring|autumn|fall|harvest|vintage)\b)"
    rf"(?P<count2>{_COUNT}) "
    rf"(?P<unit2>{_UNIT})(?:e?s)?\b(?! (?:a|per) )"
    rf"|\b(?P<which>last|this|next) (?P<what>week|month|quarter|year|spring|summer|autumn|fall|winter)\b(?! of\b)"
    rf"|\b(?P<beforelast>the year before last)\b|\b(?P<yesterday>yesterday)\b"
    rf"|\b(?:in|during|over) (?P<q>Q[1-4])\b(?![ -]?(?:FY|'?\d)))",
    re.IGNORECASE,
)
"""Each form begins a word, which is asked once: most places of a text begin none."""
_PAST_WAYS = ("ago", "back", "earlier", "on", "later", "in", "into", "after", "since", "gone", "gone by",
              "passed", "elapsed", "old", "behind you", "behind us", "behind them", "behind it")  # fmt: skip
_TIME_HEADS = frozenset(
    "day days week fort mont quar year deca cent spri summ autu fall wint seas chri vint harv anni birt yest "
    "q".split()
)
_PERFECT = re.compile(r"\b(?:has|have|'ve|'s)\b(?! to\b)[^.!?;\n]{0,60}$", re.IGNORECASE)
_MODAL = re.compile(
    r"\b(?:will|would|could|should|may|might|can|if|whether|shall|I|we|I've|we've)\b", re.IGNORECASE
)
_WISHES = re.compile(
    r"\b(?:wants?|needs?|wish(?:es)?|due|like it was)\b[^.!?;\n]{0,40}$", re.IGNORECASE
)
_TIME_WORD = re.compile(
    r"\b(?:(?P<alone>anniversar|birthday|yesterday|year before last|q[1-4]\b)|day|week|fortnight|month|quarter|year|"
    r"decade|centur|spring|summer|autumn|fall|winter|season|christmas|vintage|harvest)"
)
"""Of a text in small letters."""
_NTH = {
    word: count
    for count, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth".split(), start=1
    )
}
_BEFORE_TIME = (
    "-",
    *(f"{digit} " for digit in "0123456789"),
    *(f"{word} " for word in (*_COUNTS, *_NTH) if " " not in word),
    *(
        f"{word} "
        for word in "of few good several half long whole full entire solid last this next".split()
    ),
)
"""What leads a word of time in all that `_RELATIVE` finds, but for the words that stand alone."""
_AROUND = 60
_FOR_YEARS = re.compile(
    r"\b(?:for(?: a| another| a further)?|term of|of) (\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|twelve|"
    r"fifteen|twenty)[ -](?:more |further )?years?\b",
    re.IGNORECASE,
)
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
    is_since: bool = False
    """Whether it tells how long something has lasted: `for two years`, `in its third year`."""
    quarter: int = 0
    is_year: bool = False
    is_season: bool = False
    """Whether it names a season; south of the equator that is another half of the year."""


@lru_cache(maxsize=64)
def relatives(text: str, today: date) -> tuple[Relative, ...]:
    """Every word or phrase that tells a time by its distance from today."""
    if _TIME_HEADS.isdisjoint(heads_of(text)):
        return ()
    return tuple(
        _relative(found, today)
        for low, high in windows(_told_times(small(text)), _AROUND)
        for found in _RELATIVE.finditer(text, low, high)
        if not (found["count4"] and not _has_lasted(text, found)) and not _is_wish(text, found)
    )


def _told_times(low: str) -> Iterator[tuple[int, int]]:
    """Where `_RELATIVE` may find something in a text in small letters: `for the year` tells no time from today."""
    for hit in _TIME_WORD.finditer(low):
        if hit["alone"] or low.endswith(_BEFORE_TIME, 0, hit.start()):
            yield hit.span()


def _has_lasted(text: str, found: re.Match[str]) -> bool:
    """Whether `for two years` counts back from today: `has been open for two years`."""
    low = max(text.rfind(sign, 0, found.start()) for sign in ".!?;\n") + 1
    before = text[low : found.start()]
    return _PERFECT.search(before) is not None and _MODAL.search(before) is None


def _is_wish(text: str, found: re.Match[str]) -> bool:
    """`Everybody wants it yesterday`."""
    if not found["yesterday"]:
        return False
    before = text[max(0, found.start() - 50) : found.start()]
    return _WISHES.search(before) is not None


def _relative(found: re.Match[str], today: date) -> Relative:
    first, last = _meant(found, today)
    is_since = bool(found["count3"] or found["count4"] or found["nth"] or found["birthday"])
    return Relative(
        start=found.start(),
        end=found.end(),
        text=found[0],
        first=first,
        last=last,
        is_counted=bool(found["count"] or found["count2"] or is_since),
        is_since=is_since,
        quarter=int(found["q"][1]) if found["q"] else 0,
        is_year=small(found["what"] or "") == "year",
        is_season=small(found["what"] or "") in _SEASONS,
    )


def fits(words: Relative, fact: KnownFact, today: date) -> bool:
    """Whether the words can mean a day that the fact is about; a fact without days fits all."""
    spans = days_of(fact, today)
    source = fact.quote or fact.value
    if words.text.casefold().removeprefix("in ") in source.casefold():
        return True
    if words.quarter:
        return not spans or any(_in_quarter(words.quarter, fact, span) for span in spans)
    if words.is_year and words.first <= today:
        spans += tuple((last, last + _YEAR_RANGE) for _, last in spans)
    return not spans or any(first <= words.last and words.first <= last for first, last in spans)


def lasts(value: str, fact: KnownFact, today: date) -> bool | None:
    """Whether a length of time reaches from a day of the fact to today, or back; None for no such length."""
    if _TIME_HEADS.isdisjoint(heads_of(value)):
        return None
    found = _LASTED.fullmatch(value.strip())
    if found is None:
        return None
    unit = small(found["unit"])
    unit = unit if unit in _DAYS else "year"
    half = 0.5 if found["half"] or found["half2"] else 0
    counts = [_count_of(found[name]) for name in ("low", "high") if found[name]]
    low, high = (_DAYS[unit] * (count + half) for count in (min(counts), max(counts)))
    low, high = (low - max(min(_SLACK[unit], 0.55 * low), 0.15 * low),
                 high + max(min(_SLACK[unit], 0.55 * high), 0.15 * high))  # fmt: skip
    low = max(low, 0)
    reaches = (
        (_moved(today, -high), _moved(today, -low)),
        (_moved(today, low), _moved(today, high)),
    )
    return any(
        first <= until and since <= last
        for since, until in reaches
        for first, last in days_of(fact, today)
    )


def _count_of(word: str) -> float:
    tens, _, ones = small(word).partition("-")
    return float(word) if word.isdigit() else float(_COUNTS[tens]) + (_COUNTS[ones] if ones else 0)


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


def runs_until(mention: Mention, fact: KnownFact) -> bool:
    """Whether a year is the end of a span that a statement gives: `renewed in January 2026 for five years`."""
    if fact.kind != "statement" or mention.year is None or mention.month is not None:
        return False
    source = fact.quote or fact.value
    years = [_whole_years(found[1]) for found in _FOR_YEARS.finditer(source)]
    return any(
        first.year + count == mention.year for first, _ in written_days(source) for count in years
    )


def _whole_years(word: str) -> int:
    return int(word) if word.isdigit() else int(_COUNTS[small(word)])


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
    units = (found[name] for name in ("unit", "unit2", "unit3", "unit4") if found[name])
    unit = small(next(units, ""))
    if found["nth"]:
        years = _NTH[small(found["nth"])]
        return _moved(today, -366 * years - 30), _moved(today, -365 * (years - 1) + 30)
    if found["birthday"]:
        years = _NTH[small(found["birthday"])]
        return _moved(today, -365 * years - 75), _moved(today, -365 * years + 75)
    if unit:
        return _counted(found, unit, today)
    if found["q"]:
        return today, today
    if found["yesterday"]:
        return today - timedelta(days=1), today - timedelta(days=1)
    if found["beforelast"]:
        return date(today.year - 2, 1, 1), date(today.year - 2, 12, 31)
    return _named(small(found["which"]), small(found["what"]), today)


def _counted(found: re.Match[str], unit: str, today: date) -> tuple[date, date]:
    unit = unit if unit in _DAYS else "year"
    words = (found[name] for name in ("count", "count2", "count3", "count4") if found[name])
    word = small(next(words))
    length = (_count_of(word) + (0.5 if found["half"] or found["halves"] else 0)) * _DAYS[unit]
    slack = max(min(_SLACK[unit], 0.55 * length), 0.15 * length)
    slack /= 3 if found["whole"] else 1
    low, high = length - slack, length + slack
    hedge = small(found["hedge"] or found["hedge2"] or found["hedge4"] or "")
    if hedge in _SHORT_OF:
        low, high = length / 2, length + 1
    elif hedge in _BEYOND:
        low, high = length - 1, length * 1.6
    low = max(low, 0)
    way = small(found["way"] or "")
    if way.endswith(_PAST_WAYS) or found["count3"] or found["count4"]:
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
