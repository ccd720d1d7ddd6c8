"""What a figure is told of: `revenue of $52 million` is not the price of a mill.

In: a figure of a mail at its place, the fact it is bound to, the account's other facts. Out: whether the
words that hang on the figure name the thing of another figure. Never: an unknown word held against it.

The words that hang on a figure are the noun phrase after it (`310 wind farms`, `$4m of closing costs`) and
the one that leads to it (`revenue was $4m`, `a backlog of $4m`). Such a word is at odds with the fact when
another fact tells its own figure with that word, and the fact itself does not have it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from outrider.guardrails.evidence.agreement import is_about, number_of
from outrider.guardrails.evidence.deeds import deed_of
from outrider.guardrails.evidence.happenings import told
from outrider.guardrails.evidence.measures import has_own_unit
from outrider.guardrails.evidence.narrowed import is_narrowed
from outrider.guardrails.evidence.opposites import is_turned
from outrider.guardrails.evidence.order import pairs_of
from outrider.guardrails.reading.mentions import Mention, MentionKind, sentence
from outrider.guardrails.reading.numerals import source_mentions
from outrider.guardrails.reading.phrases import REACH, hanging, phrase_after
from outrider.guardrails.reading.plainwords import stem, stems
from outrider.guardrails.types import KnownFact

_GENERIC = frozenset(
    stem(word)
    for word in "year years end total number amount figure level time times company group business firm size base "
    "million billion thousand new more fewer other others same line sum count around day days week weeks month "
    "months quarter half".split()
)
_OF_KIND = {
    "revenue": "revenue sales turnover takings top",
    "operating_lease_liability": "operating lease leases liabilities liability obligations commitments",
    "lease_liability_all": "lease leases liabilities liability obligations commitments total",
    "employees": "people employees staff headcount workforce associates colleagues team",
}
_NAME = re.compile(r"\b[A-Z][a-z]{2,}")
_SUBJECT = re.compile(
    r"(?:The |Our |Total )?((?!We\b|In\b|On\b|At\b|Our\b)[A-Za-z-]+(?: [a-z-]+){0,4}) (?:fell|rose|grew|increased|"
    r"decreased|declined|dropped|was|"
    r"were|amounted|stood|reached|came|climbed|remained|went)\b"
)
_PLACED = re.compile(
    r"(?: [a-z-]+){1,3}? (?:at|in|for|across|throughout|over) (?:the |your |its )?(?:[a-z]+ ){0,3}(?:in |"
    r"at )?(?P<name>[A-Z][a-z]{2,})"
)


_PARTITIVE = re.compile(
    r" of (?:your|the|its|their|our|those|these|[A-Z][\w&]*['\u2019]s) ", re.IGNORECASE
)
_OF_WHICH = re.compile(r" of (?:which|whom|them|these|those)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:.!?\n(]|$")


_CHANGES = re.compile(
    r"\b(?:new|more|fewer|further|additional|extra|opening\w*|closure\w*|addition\w*|disposal\w*|deal|since|added|"
    r"gone|left|went|"
    r"another)\b",
    re.IGNORECASE,
)


_STOCK = re.compile(
    r"\b(?:of|with|across|from|run|runs|operates?|operated|have|has|had|owns?|is|are|at)(?: (?:about|nearly|just|"
    r"over|only|some|the|its|"
    r"your|around|roughly|almost))* $",
    re.IGNORECASE,
)


_PEOPLE = re.compile(
    r"\b(?:people|persons?|employ\w*|staff\w*|teams?|crews?|colleagues?|work(?:ers?|force|s|ing)?|headcount|hands|"
    r"heads|pay(?:roll|slips?|"
    r"checks?)|hires?|associates?|members?|drivers?|nurses?|pilots?|engineers?|technicians?|carers?|teachers?|"
    r"folks?|men|women|"
    r"humans?|souls|desks?|of you|badges?|timesheets?|rosters?|shifts?|personnel|operatives|specialists|everybody|"
    r"names?|jobs?)\b",
    re.IGNORECASE,
)


SORTS_OF_PEOPLE = frozenset(
    stem(word)
    for word in "people persons employees associates staff colleagues members crew passengers guests visitors patients "
    "learners students pupils customers clients drivers nurses growers farmers residents tenants riders subscribers "
    "viewers travellers travelers children agents apprentices workers users readers players donors".split()
)
"""Whoever is counted: `41,300 young people` may be learners."""
_ANYWHERE = frozenset(map(stem, "site sites location locations place places".split()))
_ANYBODY = frozenset((stem("people"), stem("persons")))


class Thing(NamedTuple):
    """A figure of a fact with the words that hang on it."""

    kind: MentionKind
    number: Decimal
    words: frozenset[str]
    is_flow: bool = False
    """Whether it tells what was opened, sold or taken over: there are more of such things."""


def is_of_another(mention: Mention, text: str, fact: KnownFact, facts: Sequence[KnownFact]) -> bool:
    """Whether the words on a figure name the thing of another fact's figure, and nothing of its own."""
    said = on_it = hanging(text, mention.start, mention.end)
    source = fact.quote or fact.value
    if fact.kind == "statement" and (
        is_part_for_whole(mention, text, source) or is_turned(mention, text, source)
    ):
        return True
    if _is_of_its_neighbour(mention, said, fact):
        return True
    others = tuple([item for item in facts if item.id.int != fact.id.int])
    is_own = fact.kind == "statement" and (
        any(
            said & thing.words
            and is_about(mention, thing.number)
            and not _fits_another(said, thing, mention, others)
            for thing in things_of(fact)
        )
        or has_own_unit(mention, text, source)
    )
    if fact.kind == "statement" and not SORTS_OF_PEOPLE.isdisjoint(known_words(fact)):
        said -= _ANYBODY
    taken = frozenset() if is_own else said & _taken(others, mention.kind) - known_words(fact)
    if taken and any(
        word in thing.words and thing.kind is mention.kind and not is_about(mention, thing.number)
        for word in taken
        for other in others
        for thing in things_of(other)
    ):
        return True
    if fact.kind != "statement" and _is_in_a_story(mention, said - known_words(fact), others):
        return True
    if fact.kind == "revenue" and is_narrowed(mention, text, fact, others):
        return True
    if fact.kind == "employees" and _is_no_people(mention, text, fact):
        return True
    return (
        _is_placed_elsewhere(mention, text, on_it, fact, others)
        or _is_flow_for_stock(mention, text, fact, facts)
        or _is_in_another_story(mention, text, fact, others)
    )


def _fits_another(
    said: frozenset[str], own: Thing, mention: Mention, others: Sequence[KnownFact]
) -> bool:
    """`900 hectares of orange groves`, where 900 are replanted and another fact counts those of orange groves."""
    return any(
        thing.kind is mention.kind
        and said & own.words < said & thing.words
        and not is_about(mention, thing.number)
        for other in others
        if other.kind == "statement"
        for thing in things_of(other)
    )


def _is_in_another_story(
    mention: Mention, text: str, fact: KnownFact, others: Sequence[KnownFact]
) -> bool:
    """A figure in a sentence that has words of another statement with such a figure, and none of its own."""
    stories = [other for other in others if _tells_another(mention, other)]
    if not stories:
        return False
    low, high = sentence(text, mention.start, mention.end)
    said = stems(f"{text[low : mention.start]} . {text[mention.end : high]}") - _GENERIC - _ANYWHERE
    earlier, _ = sentence(text, max(0, low - 2), max(0, low - 2))
    own = known_words(fact)
    if not own.isdisjoint(said | stems(text[earlier:low])):
        return False
    return any((said & known_words(other)) - _GENERIC for other in stories)


def _tells_another(mention: Mention, other: KnownFact) -> bool:
    """Whether a statement has figures of the mention's kind, and not this one."""
    if other.kind != "statement":
        return False
    alike = [thing for thing in things_of(other) if thing.kind is mention.kind]
    return bool(alike) and not any(is_about(mention, thing.number) for thing in things_of(other))


def _is_in_a_story(mention: Mention, said: frozenset[str], others: Sequence[KnownFact]) -> bool:
    """`$171 million for a pair of tugboats`, where a statement tells the price of tugboats."""
    return any(
        _tells_another(mention, other) and said & stems(other.quote or other.value)
        for other in others
    )


def _is_no_people(mention: Mention, text: str, fact: KnownFact) -> bool:
    """`740 offices`, `1,640 in Norway`: a headcount in a sentence without people."""
    low, high = sentence(text, mention.start, mention.end)
    if not text[:low].strip() and high == len(text):
        return False
    return (
        known_words(fact).isdisjoint(stems(text[low:high]))
        and _PEOPLE.search(text, low, high) is None
    )


def _is_flow_for_stock(
    mention: Mention, text: str, fact: KnownFact, facts: Sequence[KnownFact]
) -> bool:
    """`An estate of eight pubs`, where eight were sold and another figure tells how many there are."""
    if mention.kind is not MentionKind.NUMBER or fact.kind != "statement":
        return False
    own = [deed for number, deed in _counted(fact) if is_about(mention, number)]
    if not own or None in own:
        return False
    low, high = sentence(text, mention.start, mention.end)
    said = text[low:high]
    if _CHANGES.search(said) or not _STOCK.search(text, low, mention.start):
        return False
    if {family for _, _, family in told(said)} & {"open", "close", "sell", "acquire", *own}:
        return False
    nouns = phrase_after(text, mention.end)
    return any(
        deed is None and thing.words & nouns and not is_about(mention, thing.number)
        for other in facts
        if other.kind == "statement"
        for thing, (_, deed) in zip(_numbers(other), _counted(other), strict=True)
    )


@lru_cache(maxsize=512)
def _numbers(fact: KnownFact) -> tuple[Thing, ...]:
    return tuple(thing for thing in things_of(fact) if thing.kind is MentionKind.NUMBER)


@lru_cache(maxsize=512)
def _counted(fact: KnownFact) -> tuple[tuple[Decimal, str | None], ...]:
    """Each number of a statement with the family of the verb that it is done with, if any."""
    source = fact.quote or fact.value
    return tuple(
        (item.number, deed_of(source, item.start, item.end))
        for item in source_mentions(source)
        if item.kind is MentionKind.NUMBER and item.number
    )


def _is_of_its_neighbour(mention: Mention, said: frozenset[str], fact: KnownFact) -> bool:
    """`Energy costs of £29m`, where the same source gives flour £29m and energy £11m."""
    alike = [thing for thing in things_of(fact) if thing.kind is mention.kind]
    own = [thing for thing in alike if is_about(mention, thing.number)]
    is_money = mention.kind is MentionKind.AMOUNT
    if not is_money or not own or not all(thing.words for thing in own):
        return False
    rest = said - frozenset(word for thing in own for word in thing.words) - _GENERIC
    named = [thing for thing in alike if rest & thing.words]
    if not named:
        return False
    pairs = [{pair.older.number, pair.newer.number} for pair in pairs_of(fact.quote or fact.value)]
    return any(
        not any({thing.number, one.number} == pair for pair in pairs for one in own)
        for thing in named
        if thing not in own
    )


def is_part_for_whole(mention: Mention, text: str, source: str) -> bool:
    """`Five of your plants are approved`, of which the source says that three are."""
    found = _PARTITIVE.match(text, mention.end)
    if found is None or mention.kind is not MentionKind.NUMBER:
        return False
    said = _up_to_clause(text, found.end())
    counted = [item for item in source_mentions(source) if item.kind is MentionKind.NUMBER]
    counted.sort(key=lambda item: item.start)
    own = [item for item in counted if is_about(mention, item.number)]
    if not own or any(_OF_WHICH.match(source, item.end) for item in own):
        return False
    said -= hanging(source, own[0].start, own[0].end)
    return any(
        _up_to_clause(source, part.end) & said
        for part in counted
        if part.start > own[0].start and _OF_WHICH.match(source, part.end)
    )


def _up_to_clause(text: str, start: int) -> frozenset[str]:
    found = _CLAUSE.search(text, start)
    return stems(text[start : found.start()] if found else text[start:])


def _is_placed_elsewhere(
    mention: Mention,
    text: str,
    said: frozenset[str],
    fact: KnownFact,
    others: Sequence[KnownFact],
) -> bool:
    """`2,240 employees at the site in Brno`, where another fact counts the employees of Brno."""
    if mention.kind is not MentionKind.NUMBER:
        return False
    low, _ = sentence(text, mention.start, mention.end)
    found = _PLACED.match(text, mention.end, mention.end + REACH)
    names = {*_NAME.findall(text, low, mention.start), found["name"] if found else ""}
    names = {name for name in names if name and name not in fact.account}
    source = fact.quote or fact.value
    return not any(name in source for name in names) and any(
        any(name in (other.quote or other.value) for name in names)
        and thing.kind is mention.kind
        and thing.words & said
        and not is_about(mention, thing.number)
        for other in others
        if other.kind == "statement"
        for thing in things_of(other)
    )


@lru_cache(maxsize=512)
def known_words(fact: KnownFact) -> frozenset[str]:
    """Every word that may be said of a fact's figure without being at odds with the fact."""
    return stems(f"{fact.quote or fact.value} {_OF_KIND.get(fact.kind, '')}") | _GENERIC


@lru_cache(maxsize=512)
def things_of(fact: KnownFact) -> tuple[Thing, ...]:
    """Each figure of a fact with the words that hang on it in the source."""
    number = number_of(fact)
    if number is not None:
        kind = MentionKind.NUMBER if fact.unit == "people" else MentionKind.AMOUNT
        return (
            Thing(kind, number, stems(f"{_OF_KIND.get(fact.kind, '')} {fact.quote}") - _GENERIC),
        )
    if fact.kind != "statement":
        return ()
    source = fact.quote or fact.value
    found = source_mentions(source)
    return tuple(
        Thing(
            item.kind,
            item.number,
            (hanging(source, item.start, item.end) - _GENERIC) or _subject(source),
            deed_of(source, item.start, item.end) is not None,
        )
        for item in found
        if item.kind is not MentionKind.DATE and item.number
    )


def _subject(source: str) -> frozenset[str]:
    """What a sentence with a figure is about: `Net fee income fell 9% to $41m`."""
    found = _SUBJECT.match(source)
    return stems(found[1]) if found else frozenset()


@lru_cache(maxsize=256)
def _taken(facts: tuple[KnownFact, ...], kind: MentionKind) -> frozenset[str]:
    """The words that hang on any figure of a kind."""
    return frozenset(
        word
        for fact in facts
        for thing in things_of(fact)
        if thing.kind is kind and not thing.is_flow
        for word in thing.words
    )
