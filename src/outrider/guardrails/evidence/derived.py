"""Figures that a reader can work out from cited facts: a sum, a difference, a share.

In: a figure or a share in words, the facts that a mail's claims cite. Out: whether it follows.
Never: more than one step of arithmetic, or figures of two things that are not alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from outrider.guardrails.evidence.agreement import is_about
from outrider.guardrails.evidence.beside import source_figures
from outrider.guardrails.reading.mentions import Mention, MentionKind, digits_of
from outrider.guardrails.reading.money import is_same_money
from outrider.guardrails.reading.plainwords import small, words_of
from outrider.guardrails.types import KnownFact

_COUNTS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
}
_COUNT = rf"(?:{'|'.join(_COUNTS)}|\d{{1,3}})"
_PARTS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5,
          "fifths": 5, "sixth": 6, "tenth": 10, "tenths": 10}  # fmt: skip
_SHARE = re.compile(
    rf"\b(?:(?P<more>more than|over|better than|well over|at least)|(?P<less>less than|"
    rf"under|nearly|almost|not quite|"
    rf"just under)|about|roughly|around|some|a good)?[ ]?\b(?:"
    rf"(?P<top>{_COUNT})(?: [a-z]+)? (?:out of|in|of)(?: every)? (?P<bottom>{_COUNT})\b(?! (?:minutes|weeks|days))"
    rf"|(?P<count>an?|one|two|three|four)[ -](?P<part>thirds?|quarters?|fifths?|sixth|tenths?)\b"
    rf"(?= (?:of|more|less|fewer|higher|lower|leased|rented|owned|leasehold|freehold|franchised|let|full|empty)\b)"
    rf"|(?P<half>half)\b(?= (?:of|the|your|all|its|their|a|my)\b)|(?P<most>most) of (?=your|the|its|them))",
    re.IGNORECASE,
)
_TIMES_OVER = {
    "twice": 2,
    "double": 2,
    "two": 2,
    "triple": 3,
    "three": 3,
    "four": 4,
    "five": 5,
    "ten": 10,
}
_TIMES = re.compile(r"\b(?:twice|double|triple|(?:two|three|four|five|ten) times)\b", re.IGNORECASE)
_EACH = re.compile(r" (?:an?|per|each|every|for (?:each|every)) [a-z]{3,}")
_AND_ONE = re.compile(
    r"\band (?:one|a (?:second|third|fourth|fifth|further)) (?:in|at|[a-z]+ in)\b"
)
_CENTS = re.compile(
    rf"\b(?P<cents>{_COUNT}) (?:cents|pence|p|pennies) (?:of|in|on|from|out of) (?:each|every|"
    rf"the) (?:[a-z]+ ){{0,2}}(?:dollar|euro|"
    r"pound)\b",
    re.IGNORECASE,
)
_FRACTION = re.compile(
    r"\b(?:(?P<half>half)|(?P<count>an?|one|two|three) (?P<part>thirds?|quarters?|fifths?|tenths?))\b"
    r"(?! (?:of )?(?:[12]\d{3}|century))",
    re.IGNORECASE,
)
_POINTS = re.compile(r" (?:percentage )?points?\b")
_REST = re.compile(
    r"\s+(?:others?|more|smaller|larger|remaining|further|the rest)\b", re.IGNORECASE
)
_REST_BEFORE = re.compile(r"\b(?:other|remaining) $", re.IGNORECASE)
_ITEM = r"[A-Z][\w'-]+(?: [A-Z][\w'-]+){0,3}"
_LIST = re.compile(rf"{_ITEM}(?:, {_ITEM}){{0,7}},? and (?:[a-z]+ )?{_ITEM}")
_LISTING = re.compile(r",? and |, ")
_NEAR_SHARE = Decimal("0.05")
_MOST_FIGURES = 24


class _Known(NamedTuple):
    """A figure of a fact: what it is, of which fact, what it counts, and whether it is part of another."""

    kind: MentionKind
    currency: str | None
    number: Decimal
    fact: str
    words: frozenset[str] = frozenset()
    is_part: bool = False
    is_more: bool = False


@lru_cache(maxsize=64)
def shares_in(text: str) -> tuple[tuple[int, int], ...]:
    """Where a text tells a share in words: `three out of four`, `a third of`."""
    words = words_of(text)
    if _SHARE_WORDS.isdisjoint(words) and not _may_be_ratio(text, words):
        return ()
    cents = tuple(found.span() for found in _CENTS.finditer(text))
    leads = ((found, len(found[0]) - len(found[0].lstrip())) for found in _SHARE.finditer(text))
    return cents + tuple((found.start() + lead, found.end()) for found, lead in leads)


_SHARE_WORDS = frozenset(
    "cents pence half third thirds quarter quarters fifth fifths sixth tenth tenths most".split()
)
_LINKING = frozenset(("in", "of"))
_COUNT_WORDS = frozenset(_COUNTS)
_HAS_RATIO = re.compile(rf"(?:in|of)(?: every)? {_COUNT}\b")


def _may_be_ratio(text: str, words: frozenset[str]) -> bool:
    """Whether a text may tell `three out of four` or `9 in 10`."""
    if _LINKING.isdisjoint(words) or (_COUNT_WORDS.isdisjoint(words) and not digits_of(text)):
        return False
    return _HAS_RATIO.search(small(text)) is not None


def is_share_of(text: str, start: int, end: int, facts: Sequence[KnownFact]) -> bool:
    """Whether a share in words is a percentage of a cited fact, or the ratio of two figures."""
    known = [share for fact in facts for share in _shares(fact)]
    if not known:
        return False
    cents = _CENTS.search(text, start, min(len(text), end + 40))
    if cents:
        return any(abs(100 * share - _count(cents["cents"])) <= 1 for share in known)
    found = _SHARE.search(text, max(0, start - 1), min(len(text), end + 14))
    if found is None:
        return False
    if found["most"]:
        return any(share > Decimal("0.5") for share in known)
    share = _share(found)
    if share is None:
        return False
    slack = Decimal("0.15")
    low = share if found["more"] else share - (slack if found["less"] else _NEAR_SHARE)
    high = share if found["less"] else share + (slack if found["more"] else _NEAR_SHARE)
    return any(low <= one <= high for one in known)


def is_fraction_of(words: str, facts: Sequence[KnownFact]) -> bool:
    """Whether `by a quarter`, or `a third` alone, is a change or a share that cited figures make."""
    found = _FRACTION.search(words)
    if found is None:
        return False
    share = Decimal("0.5") if found["half"] else None
    if share is None:
        share = (
            Decimal({"two": 2, "three": 3}.get(small(found["count"]), 1))
            / _PARTS[small(found["part"])]
        )
    known = (change / 100 for fact in facts for change in _changes(fact))
    shares = (one for fact in facts for one in _shares(fact))
    return any(abs(one - share) <= Decimal("0.04") for one in (*known, *shares))


def is_multiple_of(words: str, facts: Sequence[KnownFact]) -> bool:
    """Whether `twice as many` is what two figures of a cited fact make, or a little less."""
    found = _TIMES.search(words)
    if found is None:
        return False
    times = _TIMES_OVER[small(found[0]).split()[0]]
    return any(
        share and times <= 1 / share < times + 1 for fact in facts for share in _shares(fact)
    )


def follows(mention: Mention, text: str, facts: Sequence[KnownFact]) -> bool:
    """Whether a figure is the sum, difference, growth or rest of figures that are cited."""
    if mention.kind is MentionKind.PERCENT:
        changes = [change for fact in facts for change in (*_changes(fact), *_points(fact))]
        return any(
            abs(change - mention.number) <= max(mention.half_unit, Decimal(1)) for change in changes
        )
    if mention.kind not in (MentionKind.AMOUNT, MentionKind.NUMBER) or mention.number < 2:
        return False
    if _POINTS.match(text, mention.end):
        return any(mention.number == points for fact in facts for points in _points(fact))
    if _is_listed(mention, facts) or _is_one_more(mention, facts):
        return True
    alike = [figure for fact in facts for figure in _figures(fact)]
    alike = [
        item
        for item in alike
        if item.kind is mention.kind and is_same_money(item.currency, mention.currency)
    ][:_MOST_FIGURES]
    if any(item.number == mention.number for item in alike):
        return False
    if mention.kind is MentionKind.AMOUNT and _EACH.match(text, mention.end):
        counts = [
            item for fact in facts for item in _figures(fact) if item.kind is MentionKind.NUMBER
        ]
        return any(
            _stands_for(mention, one.number / count.number)
            for one in alike
            for count in counts
            if count.number
        )
    is_rest = _REST.match(text, mention.end) or _REST_BEFORE.search(text, 0, mention.start)
    if is_rest and any(item.number - 1 == mention.number for item in alike):
        return True
    return any(
        _stands_for(mention, made)
        for one, other in combinations(alike, 2)
        if one.fact == other.fact or mention.kind is MentionKind.AMOUNT or one.words & other.words
        for made in _made(one, other)
    )


def _made(one: _Known, other: _Known) -> Iterator[Decimal]:
    """The difference, and the sum of what is counted alike; a part is in its whole already."""
    yield abs(one.number - other.number)
    is_counted = one.kind is MentionKind.NUMBER
    if not (one.is_part or other.is_part) and (not is_counted or one.words & other.words):
        yield one.number + other.number
    elif is_counted and other.is_more and one.words & other.words:
        yield one.number + other.number


def _stands_for(mention: Mention, made: Decimal) -> bool:
    """Amounts may be rounded; a count is exact unless it says that it is not."""
    if mention.kind is MentionKind.NUMBER and not mention.qualifier:
        return mention.number == made
    return is_about(mention, made) and abs(mention.number - made) <= max(
        mention.half_unit, made / 20
    )


def _is_listed(mention: Mention, facts: Sequence[KnownFact]) -> bool:
    """`two estates` of `our Lodi and Paso Robles estates`."""
    return mention.number <= 9 and any(
        len(_LISTING.split(found[0])) == mention.number
        for fact in facts
        if fact.kind == "statement"
        for found in _LIST.finditer(fact.quote or fact.value)
    )


def _is_one_more(mention: Mention, facts: Sequence[KnownFact]) -> bool:
    """`Three plants` of `two plants in Denmark and one in Lithuania`."""
    return mention.number <= 12 and any(
        figure.number == mention.number - 1 and _AND_ONE.search(fact.quote or fact.value)
        for fact in facts
        if fact.kind == "statement"
        for figure in _figures(fact)
    )


def _share(found: re.Match[str]) -> Decimal | None:
    if found["half"]:
        return Decimal("0.5")
    if found["part"]:
        top = {"a": 1, "an": 1}.get(small(found["count"])) or _COUNTS[small(found["count"])]
        return Decimal(top) / _PARTS[small(found["part"])]
    top, bottom = (_count(found[name]) for name in ("top", "bottom"))
    return Decimal(top) / bottom if 0 < top < bottom else None


def _count(word: str) -> int:
    return _COUNTS.get(small(word)) or int(word)


@lru_cache(maxsize=512)
def _figures(fact: KnownFact) -> tuple[_Known, ...]:
    """Each figure of a fact with what it counts."""
    if fact.kind != "statement":
        try:
            number = Decimal(fact.value)
        except InvalidOperation:
            return ()
        is_people = fact.unit == "people"
        kind = MentionKind.NUMBER if is_people else MentionKind.AMOUNT
        return (_Known(kind, None if is_people else fact.unit, number, str(fact.id)),)
    return tuple(
        _Known(
            item.kind,
            item.currency,
            item.number,
            str(fact.id),
            item.words,
            item.is_part,
            item.is_more,
        )
        for item in source_figures(fact.quote or fact.value)
    )


@lru_cache(maxsize=512)
def _shares(fact: KnownFact) -> tuple[Decimal, ...]:
    found = _figures(fact) if fact.kind == "statement" else ()
    percents = [item.number / 100 for item in found if item.kind is MentionKind.PERCENT]
    rest = [1 - share for share in percents if share < 1]
    ratios = [
        _ratio(one.number, other.number)
        for one, other in combinations(found[:_MOST_FIGURES], 2)
        if one[:2] == other[:2] and one.kind is not MentionKind.PERCENT
    ]
    return (*percents, *rest, *ratios)


@lru_cache(maxsize=512)
def _changes(fact: KnownFact) -> tuple[Decimal, ...]:
    """Growth from one figure of a statement to another, and shares, in percent."""
    found = _figures(fact) if fact.kind == "statement" else ()
    pairs = [
        (one.number, other.number)
        for one, other in combinations(found[:_MOST_FIGURES], 2)
        if one[:2] == other[:2] and one.number and other.number
    ]
    return tuple(
        100 * value
        for one, other in pairs
        for value in (
            abs(other - one) / one,
            abs(other - one) / other,
            _ratio(one, other),
        )
    )


def is_share_of_revenue(mention: Mention, fact: KnownFact, facts: Sequence[KnownFact]) -> bool:
    """Whether a percentage is an amount of a fact by the account's revenue: `roughly 9% of turnover`."""
    if mention.kind is not MentionKind.PERCENT:
        return False
    wholes = [item for each in facts if each.kind == "revenue" for item in _figures(each)]
    return any(
        abs(100 * part.number / whole.number - mention.number)
        <= max(mention.half_unit, Decimal("0.5"))
        for part in _figures(fact)
        for whole in wholes
        if part[:2] == whole[:2] and whole.number
    )


@lru_cache(maxsize=512)
def _points(fact: KnownFact) -> tuple[Decimal, ...]:
    """The differences of two shares of a statement, in percentage points."""
    found = _figures(fact) if fact.kind == "statement" else ()
    shares = [item.number for item in found if item.kind is MentionKind.PERCENT]
    return tuple(abs(one - other) for one, other in combinations(shares[:_MOST_FIGURES], 2))


def _ratio(one: Decimal, other: Decimal) -> Decimal:
    return min(one, other) / max(one, other)
