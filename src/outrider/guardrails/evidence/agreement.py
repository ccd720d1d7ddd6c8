"""Whether words agree with a stored fact: units, scale and rounding understood.

In: a mention, or a value as written, and a fact. Out: yes or no. Never: a fact changed to fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from outrider.guardrails.content import clean
from outrider.guardrails.reading.days import month_named
from outrider.guardrails.reading.mentions import Mention, MentionKind, zones
from outrider.guardrails.reading.money import is_same_money
from outrider.guardrails.reading.named import audit_firm, short_name, tokens_of
from outrider.guardrails.reading.numerals import (
    JUST_OVER,
    LESS,
    MORE,
    NEARLY,
    ROUNDING,
    figures,
    source_mentions,
)
from outrider.guardrails.reading.plainwords import is_everyday, stem, stems
from outrider.guardrails.reading.relative import written_days
from outrider.guardrails.types import KnownFact

ROUNDING_AT_MOST = Decimal("0.05")
"""However coarse the written place, `$1 billion` is not 1.27 billion."""

ROUGH = Decimal("0.15")
"""How far `over $8 billion` or `less than $9 billion` may be from the fact."""

NEAR_AT_LEAST, NEAR_AT_MOST = Decimal("0.03"), Decimal("0.08")
"""The same for `just over` and `nearly`, whatever their last place."""

HEDGED_AT_MOST = Decimal("0.06")
"""The same after a word such as `about`."""

_LARGE = 10**6
_TO_FIVES = Decimal("0.02")
"""How far a figure rounded to fives may be from the fact."""

_VAGUE = {"dozens": (24, 999), "hundreds": (200, 9_999), "thousands": (2_000, 999_999)}
_NAMING = {"auditor", "company_name"}
_ONLY_FIGURES = re.compile(
    r"[^\W_a-z]*(?:[\d.,$€£% -]|million|billion|thousand|percent|nearly|almost|over|about|"
    r"around|roughly|some|more than|less than|under|close to|approximately|[mbk]n?\b)+",
    re.I,
)
_CAPITAL = re.compile(r"\b[A-Z][\w&-]{2,30}")


def agrees(value: str, fact: KnownFact) -> bool:
    """Whether a value as written is what the fact says."""
    if not value.strip():
        return False
    if fact.kind == "competitor":
        return not set(tokens_of(fact.value)) & set(tokens_of(value))
    if fact.kind in _NAMING:
        return _same_name(value, fact.value) or _is_half(tokens_of(value), fact.value)
    if number_of(fact) is not None or _day(fact) is not None:
        found = written_figures(value)
        return bool(found) and all(is_supported(mention, fact) for mention in found)
    found = written_figures(value)
    rounded = bool(found) and all(is_supported(mention, fact) for mention in found)
    return _is_quoted(value, fact) or (rounded and _ONLY_FIGURES.fullmatch(value) is not None)


def stands(value: str, fact: KnownFact) -> bool:
    """Whether words can be a claim on the fact: they agree with it, or tell it in other words.

    One figure, date or name of the fact is enough, or enough of its words; what else the words hold
    is judged piece by piece, so a wrong figure in a long claim is marked at its place.
    """
    if not value.strip() or agrees(value, fact):
        return bool(value.strip())
    if fact.kind == "competitor":
        return False
    if fact.kind in _NAMING:
        return _holds_name(value, fact.value)
    if any(is_supported(mention, fact) for mention in written_figures(value)):
        return True
    if number_of(fact) is not None or _day(fact) is not None:
        return False
    said, source = stems(value), stems(fact.quote or fact.value)
    names = _CAPITAL.findall(value)
    if any(is_akin(name, fact.quote or fact.value) for name in names):
        return True
    return bool(source.intersection(map(stem, names))) or len(said & source) >= max(
        1, 0.4 * len(said)
    )


def is_supported(mention: Mention, fact: KnownFact) -> bool:
    """Whether the fact, its date or its quote bears one mention inside a claim's words."""
    if mention.kind is MentionKind.DATE:
        return _is_date_of(mention, fact) or _is_in_quote(mention, fact)
    if mention.kind is MentionKind.NAME:
        return _names(mention, fact)
    number = number_of(fact)
    if number is not None and mention.text.lower() in _VAGUE:
        low, high = _VAGUE[mention.text.lower()]
        return fact.unit == "people" and low <= number <= high
    if number is not None and mention.kind is not MentionKind.PERCENT:
        if _is_unit_of(mention, fact) and is_about(mention, number):
            return True
        return _counts_words(fact.quote) and _rounds(mention, fact)
    return fact.kind == "statement" and (_is_in_quote(mention, fact) or _rounds(mention, fact))


def _rounds(mention: Mention, fact: KnownFact) -> bool:
    """Whether a figure rounds one of the statement's own, in its unit."""
    return any(
        (
            (figure.kind is mention.kind and is_same_money(figure.currency, mention.currency))
            or (_is_bare_money(mention) and figure.kind is MentionKind.AMOUNT)
        )
        and is_about(mention, figure.number)
        for figure in _figures_of(fact.quote or fact.value)
    )


def _is_bare_money(mention: Mention) -> bool:
    """`Fourteen million` of $14 million: a large number may leave its sign away."""
    return mention.kind is MentionKind.NUMBER and mention.number >= _LARGE


@lru_cache(maxsize=512)
def _figures_of(text: str) -> tuple[Mention, ...]:
    found = source_mentions(text)
    return tuple(item for item in found if item.kind is not MentionKind.DATE and item.number)


def number_of(fact: KnownFact) -> Decimal | None:
    """The value of a fact in money or people; None for a fact of another sort."""
    if not fact.unit or not _is_counted_in(fact.unit):
        return None
    try:
        return Decimal(fact.value)
    except InvalidOperation:
        return None


def _is_counted_in(unit: str) -> bool:
    """Whether a unit is people or the code of a currency."""
    is_code = len(unit) == 3 and unit.isascii() and unit.isalpha() and unit.isupper()
    return is_code or unit == "people"


def _day(fact: KnownFact) -> tuple[int | None, int, int] | None:
    """Year, month and day of a fact whose value is a date; the year is None for `MM-DD`."""
    found = re.fullmatch(r"(?:(\d{4})-)?(\d{2})-(\d{2})", fact.value)
    return (int(found[1]) if found[1] else None, int(found[2]), int(found[3])) if found else None


def _is_unit_of(mention: Mention, fact: KnownFact) -> bool:
    if mention.kind is MentionKind.AMOUNT:
        return is_same_money(mention.currency, fact.unit)
    # `8,682 million` without a sign may stand for money, but a bare `12` may not.
    return fact.unit == "people" or mention.half_unit * 2 >= 1000 or mention.number >= 1000


def is_about(mention: Mention, number: Decimal) -> bool:
    """Whether a figure as written, with its `nearly` or `over`, stands for a number."""
    written = mention.number
    if mention.qualifier in MORE:
        return written <= number <= written * (1 + ROUGH)
    if mention.qualifier in LESS:
        return written * (1 - ROUGH) <= number <= written * (1 + ROUNDING_AT_MOST / 5)
    if mention.qualifier == "odd":
        return written <= number < written + 2 * _half_place(mention)
    if mention.qualifier in JUST_OVER:
        return written <= number <= written + _near(mention)
    if mention.qualifier in NEARLY:
        return written - _near(mention) <= number <= written * (1 + ROUNDING_AT_MOST / 5)
    if mention.qualifier in ROUNDING:
        # After `about` people round to fives as well: 1.98 is `about 2`, 476.8 is `about 475`.
        return abs(written - number) <= max(
            min(mention.half_unit, abs(number) * HEDGED_AT_MOST),
            min(_fives(written), abs(number) * _TO_FIVES),
        )
    return abs(written - number) <= min(mention.half_unit, abs(number) * ROUNDING_AT_MOST)


def _near(mention: Mention) -> Decimal:
    """How far `nearly` and `just over` reach: half of the last place that is no zero, within bounds."""
    least, most = mention.number * NEAR_AT_LEAST, mention.number * NEAR_AT_MOST
    return min(max(_half_place(mention), least), most)


def _half_place(mention: Mention) -> Decimal:
    """Half of the last place that is no zero: 5 of 60, 500 of 2,000."""
    exponent = mention.number.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent) / 2 if isinstance(exponent, int) else Decimal(0)


def _fives(written: Decimal) -> Decimal:
    """Half of the step that a figure ending in a five is rounded to."""
    _, digits, exponent = written.normalize().as_tuple()
    is_five = digits[-1] == 5 and isinstance(exponent, int)
    return Decimal(5).scaleb(int(exponent)) / 2 if is_five and len(digits) > 1 else Decimal(0)


def _is_date_of(mention: Mention, fact: KnownFact) -> bool:
    # The day of a report is no day of what it plans for a later one.
    days = [
        day for day in (_day(fact), None if _is_ahead(fact) else _of(fact.as_of)) if day is not None
    ]
    if any(_is_day(mention, day) for day in days):
        return True
    return fact.kind == "statement" and any(
        _is_same_month(mention, first, last)
        or (first == last and _is_day(mention, (first.year, first.month, first.day)))
        for first, last in written_days(fact.quote)
    )


def _is_ahead(fact: KnownFact) -> bool:
    """Whether a statement tells a day after its report: `to be finished by the end of 2027`."""
    as_of = fact.as_of
    return (
        as_of is not None
        and fact.kind == "statement"
        and any(first > as_of for first, _ in written_days(fact.quote))
    )


def _is_same_month(mention: Mention, first: date, last: date) -> bool:
    """`last September` and `September 2025`: a month of the source without another day or year."""
    if mention.month is None or mention.day_low == mention.day_high:
        return False
    year = mention.year or first.year
    return (year, mention.month) == (first.year, first.month) == (last.year, last.month)


def _of(day: date | None) -> tuple[int, int, int] | None:
    return (day.year, day.month, day.day) if day else None


def _is_day(mention: Mention, day: tuple[int | None, int, int]) -> bool:
    year, month, number = day
    if mention.year is not None and mention.year != year:
        # A fiscal year that ends in winter is often named after the year that it began in.
        is_fiscal = mention.text[:1] in "fF" and mention.month is None and month <= 2
        return is_fiscal and year is not None and mention.year == year - 1
    if mention.month is None:
        return mention.year is not None
    as_written = mention.month == month and mention.day_low <= number <= mention.day_high
    return as_written or mention.swapped == (month, number)


def _is_in_quote(mention: Mention, fact: KnownFact) -> bool:
    return any(_contains(mention.text, text) for text in (fact.value, fact.quote))


def _names(mention: Mention, fact: KnownFact) -> bool:
    if fact.kind == "competitor":
        return False
    if fact.kind in _NAMING:
        words = tokens_of(mention.text)
        return (
            _same_name(mention.text, fact.value)
            or all(_same_name(word, fact.value) for word in words)
            or _is_half(words, fact.value)
        )
    return fact.kind == "statement" and (
        _is_in_quote(mention, fact) or is_akin(mention.text, fact.quote or fact.value)
    )


@lru_cache(maxsize=512)
def _counts_words(quote: str) -> bool:
    """Whether a numeric fact's quote is prose with more figures: `1,830, of whom 1,120 drive`."""
    return len(quote.split()) > 3 and len(_figures_of(quote)) > 1


def is_akin(name: str, source: str) -> bool:
    """Whether each word of a name is, but for its ending, a capitalised word of the source.

    `Canadian` and `Liebherrs` for Canada and Liebherr; at least four letters must be the same.
    """
    capitals = [word.casefold() for word in _CAPITAL.findall(source)]
    words = [word.casefold() for word in _CAPITAL.findall(name)]
    return bool(words) and all(
        any(_starts_alike(word, other) for other in capitals) for word in words
    )


def _starts_alike(one: str, other: str) -> bool:
    if one == other:
        return True
    same = min(len(one), len(other)) - (1 if len(one) != len(other) else 2)
    least = max(4, same) if len(one) < len(other) + 5 else 99
    return len(one) >= 4 and len(other) >= 4 and one[:least] == other[:least]


def begins_year(mention: Mention, fact: KnownFact) -> bool:
    """Whether a date is the first day after a fiscal year's end, or in its month."""
    if fact.kind != "fiscal_year_end" or mention.month is None or mention.year is not None:
        return False
    found = re.fullmatch(r"(\d{2})-(\d{2})", fact.value)
    if found is None:
        return False
    try:
        first = date(2001, int(found[1]), min(int(found[2]), 28)) + timedelta(days=4)
    except ValueError:
        return False
    return mention.month == first.month and mention.day_low <= 4


def ends_part(mention: Mention, fact: KnownFact) -> bool:
    """Whether a date is in a month that ends a quarter of the fiscal year."""
    found = re.fullmatch(r"(\d{2})-\d{2}", fact.value)
    if fact.kind != "fiscal_year_end" or mention.month is None or found is None:
        return False
    is_day = mention.day_low == mention.day_high
    return mention.year is None and not is_day and (mention.month - int(found[1])) % 3 == 0


def _holds_name(value: str, stored: str) -> bool:
    firm = audit_firm(stored)
    words = tokens_of(value)
    runs = [
        " ".join(words[start:end])
        for start in range(min(len(words), 12))
        for end in range(start + 1, min(len(words), start + 4) + 1)
    ]
    if firm is None:
        return any(_same_name(run, stored) for run in runs)
    firms = {found for run in runs if (found := audit_firm(run))}
    return firms == {firm}


def _same_name(written: str, stored: str) -> bool:
    firm = audit_firm(stored)
    if firm is not None:
        return audit_firm(written) == firm
    one, other = tokens_of(short_name(written)), tokens_of(short_name(stored))
    return bool(one) and (one == other or other[: len(one)] == one)


def _is_half(words: tuple[str, ...], stored: str) -> bool:
    """`Tidwell` of `Weaver and Tidwell`: words of the name that are no everyday ones, and no other firm."""
    own = tokens_of(short_name(stored))
    if not words or not set(words) <= set(own) or all(is_everyday(word) for word in words):
        return False
    return audit_firm(" ".join(words)) in (None, audit_firm(stored))


def _is_quoted(value: str, fact: KnownFact) -> bool:
    """Word for word, up to typography; at least two words, or one with a figure in it."""
    bare = value.strip(" \"'.")
    long_enough = len(bare.split()) > 1 or any(sign.isdigit() for sign in bare) or len(bare) > 3
    return long_enough and any(_contains(bare, text) for text in (fact.value, fact.quote))


@lru_cache(maxsize=4096)
def _contains(piece: str, text: str) -> bool:
    wanted, whole = _flat(piece), _flat(text)
    for start in _starts(wanted, whole):
        end = start + len(wanted)
        before = start > 0 and whole[start - 1].isalnum() and wanted[:1].isalnum()
        after = end < len(whole) and whole[end].isalnum() and wanted[-1:].isalnum()
        inside = re.match(r"[.,]\d", whole[end:]) if wanted[-1:].isdigit() else None
        joined = re.search(r"\d[.,]$", whole[:start]) if wanted[:1].isdigit() else None
        if not (before or after or inside or joined):
            return True
    return False


def _starts(wanted: str, whole: str) -> Iterator[int]:
    start = whole.find(wanted) if wanted else -1
    while start >= 0:
        yield start
        start = whole.find(wanted, start + 1)


@lru_cache(maxsize=512)
def _flat(text: str) -> str:
    return " ".join(clean(text).casefold().split())


@lru_cache(maxsize=2048)
def written_figures(value: str) -> tuple[Mention, ...]:
    """The figures and dates of a claim's words; a month alone is a date there."""
    taken = bytearray(len(value))
    for start, end in zones(value):
        taken[start:end] = b"\x01" * (end - start)
    found = list(figures(value, taken))
    month = None if found else month_named(value)
    if month:
        found = [Mention(MentionKind.DATE, 0, len(value), value, month=month)]
    return tuple(found)
