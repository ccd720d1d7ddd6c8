"""How things are held: owned, leased, let out, run by franchisees; and which figure that is said of.

In: a text with figures, or a mail and the sources. Out: whether the mail holds it otherwise.
Never: a word of holding that belongs to no figure and no noun that a source tells of.

`We lease the land under 47 of our 52 homes` binds leasing to 47. A mail that leases 52, that owns 47, or
that owns every one, is at odds with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from outrider.guardrails.evidence.agreement import is_about
from outrider.guardrails.reading.mentions import Mention, MentionKind, sentence
from outrider.guardrails.reading.numerals import figures
from outrider.guardrails.reading.plainwords import stem, stems, words_of

_ACT = (
    r"(?= (?:out )?(?:all|the|about|some|roughly|over|more|nearly|almost|just|only|at|every|each|both|most|\d|a |an |"
    r"its|your|our|their|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|another|from))"
)
_HELD = re.compile(
    r"\b(?:"
    r"(?P<let>(?:leas|rent|let)(?:e|es|s|ed|t|ting|ing)? out|sub-?(?:let(?:s|ting)?|leas(?:e|es|ed|ing)(?= (?:to|out|"
    r"the|your|our|its|\d)))|let(?:s|ting)? (?=(?:\w+ ){1,6}to [A-Z]))|"
    r"(?P<franchise>franchis(?:ees?|ed)|licensees)|"
    r"(?P<lease>leased|rented|leasehold|(?:on|under) (?:an? |long-term |short-term |operating |finance )*leases?|"
    r"chartered|on (?:charter|hire)|(?:leas|rent)(?:es?|s|ing)?"
    rf"{_ACT}|pays? rent on|tenants? (?:of|in))|"
    r"(?P<own>(?<!your )(?<!our )(?<!their )(?<!its )(?<!my )(?<!of )(?<!on )(?:own(?:s|ed|ing)?)(?! up\b)|"
    r"freehold|of (?:your|its|their|our) own\b|(?:in|under) (?:your|its|our) ownership|company-owned)"
    r")\b",
    re.IGNORECASE,
)
_WORDS = frozenset(
    "lease leases leased leasing leasehold rent rents rented renting own owns owned owning freehold let lets "
    "letting sublet sublets subletting sublease subleases subleased subleasing franchisee franchisees franchised "
    "licensees ownership charter chartered hire".split()
)
_AGAINST = {
    "lease": {"own", "let"},
    "own": {"lease", "franchise"},
    "let": {"lease"},
    "franchise": {"own"},
}
_SWITCH = {"lease": "own", "own": "lease"}
_STATES = re.compile(
    r"(?:leased|rented|leasehold|owned|freehold|franchised|company-owned|chartered|of (?:your|its|their|our) "
    r"own|(?:on|under) .*)$",
    re.I,
)
_BREAK = re.compile(
    r"[.;:!?\n]|,(?! (?:of which|of whom|all|each|both|with|[a-z]+ of (?:which|them|whom)|the [a-z]+ being))"
)
_SOME = re.compile(
    r"\b(?:some|many|most|several|few|part|half|third|thirds|quarters?|majority|others?|rest|remainder|none|not|n't|"
    r"never|or|whether|if)\b",
    re.IGNORECASE,
)
_ALL_BUT = re.compile(
    r"\b(?:all but|all except|except(?: for)?|save(?: for)?|other than|apart from) (?:the )?$", re.I
)
_EVERY = re.compile(
    r"\b(?:every one of|each (?:one )?of|all of|all|every|each and every one of) (?:your |the |its |our |their )?$",
    re.I,
)
_WHOLE = re.compile(
    r" of (?:(?:our|your|the|its|their|all|[A-Z][\w&-]*['\u2019]s?) ){0,2}$", re.IGNORECASE
)
_PART_AFTER = re.compile(r" of (?:which|them|whom|these|those|the)\b", re.IGNORECASE)
_PART_BEFORE = re.compile(
    r"\b(?:of (?:which|them|whom|these)|including|a further|another),? (?:about |approximately |some |roughly |"
    r"around |nearly |almost |only |just )?$",
    re.IGNORECASE,
)
_IN_ALL = re.compile(
    r"[^.,;:!?\n]{0,24}?\b(?:in all|all told|altogether|in total|overall|all in all)\b",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"\b(?:a total of|all told,?[^.;!?\n]{0,30}|in all,?[^.;!?\n]{0,30}) $", re.IGNORECASE
)
_FUNCTION = (
    "that|which|who|of|in|at|on|for|by|to|and|or|but|with|from|are|is|were|was|have|has|you|we|they"
)
_NOUN = re.compile(rf"[ -](?!(?:{_FUNCTION})\b)(?:[a-z]+[ -](?!(?:{_FUNCTION})\b))?([a-z]{{3,}})")
_RUN_BY = re.compile(r"\b(?:by|that|which) $")
_NAME = re.compile(r"\b[A-Z][a-z]{3,}")
_PIECES = re.compile(r"[.,;:!?\n]|\b(?:and|but|while|whereas)\b")
_EACH_OF = re.compile(r"\b(?:each|all) of (?:which|whom|them) (?:is|are|were) $")
_NEAR = 60
_OF_LEASES = re.compile(r"\b(?:leas\w+|rent\w*|landlords?|lessors?|tenan\w+)\b", re.IGNORECASE)


class Held(NamedTuple):
    """A figure with the ways in which the text says its things are held."""

    mention: Mention
    ways: frozenset[str]
    is_all_but: bool
    is_every: bool
    is_part: bool


def is_held_otherwise(mention: Mention, text: str, source: str) -> bool:
    """Whether the mail holds what a figure counts in another way than the source does."""
    if mention.kind is not MentionKind.NUMBER:
        return False
    if _WORDS.isdisjoint(words_of(source)):
        return False
    told = {item.mention.start: item for item in _held(text)}.get(mention.start)
    known = held(source)
    if told is None or not known:
        return False
    own = [item for item in known if item.mention.number == mention.number]
    own = own or [item for item in known if is_about(mention, item.mention.number)]
    if own and _is_part_for_whole(told, own, text, source):
        return True
    if not own or not told.ways:
        return False
    said = _effective(told)
    right = frozenset(way for item in own for way in _effective(item))
    others = frozenset(way for item in known if item not in own for way in _effective(item))
    if told.is_every and any(_AGAINST[way] & ways_in(source) for way in said):
        return True
    return any(way not in right and (way in others or _AGAINST[way] & right) for way in said)


def held(text: str) -> tuple[Held, ...]:
    """The figures of a text with the ways in which their things are held; nothing without such words."""
    return () if _WORDS.isdisjoint(words_of(text)) else _held(text)


@lru_cache(maxsize=512)
def ways_in(source: str) -> frozenset[str]:
    """Every way of holding that a source tells of anything."""
    return frozenset(found.lastgroup or "" for found in _HELD.finditer(source))


@lru_cache(maxsize=256)
def _counted(text: str) -> tuple[Mention, ...]:
    found = (
        item for item in figures(text, bytearray(len(text))) if item.kind is MentionKind.NUMBER
    )
    return tuple(sorted(found, key=lambda item: item.start))


@lru_cache(maxsize=256)
def _held(text: str) -> tuple[Held, ...]:
    counted = _counted(text)
    ways: dict[int, set[str]] = {item.start: set() for item in counted}
    for found in _HELD.finditer(text):
        at = _figure_of(found, counted, text)
        if at is not None:
            ways[at.start].add(found.lastgroup or "")
    return tuple(_row(item, ways[item.start], text) for item in counted)


def _row(item: Mention, ways: set[str], text: str) -> Held:
    before = text[max(0, item.start - 24) : item.start]
    if "own" in ways and "lease" in ways:
        ways = set()
    return Held(
        item,
        frozenset(ways),
        _ALL_BUT.search(before) is not None,
        _EVERY.search(before) is not None,
        is_part(item, text),
    )


def is_part(mention: Mention, text: str) -> bool:
    """Whether a figure counts some of what another one counts: `of which 121`, `eleven of them`."""
    before = text[max(0, mention.start - 24) : mention.start]
    return (
        _PART_AFTER.match(text, mention.end) is not None or _PART_BEFORE.search(before) is not None
    )


def _figure_of(found: re.Match[str], counted: Sequence[Mention], text: str) -> Mention | None:
    """The figure that a word of holding is said of: the next one for `lease 47`, else the one before."""
    low, high = sentence(text, found.start(), found.end())
    before = [item for item in counted if low <= item.start and item.end <= found.start()]
    after = [item for item in counted if found.end() <= item.start < high]
    is_state = _STATES.match(found[0]) is not None
    is_run = found.lastgroup == "franchise" and _RUN_BY.search(
        text, max(0, found.start() - 8), found.start()
    )
    if is_state or is_run:
        own = _before(found, before, text)
        if own is not None or not (is_state and found[0].lower() == "owned"):
            return own
    following = after[0] if after else None
    if following is None:
        return None
    gap = text[found.end() : following.start]
    is_far = len(gap) > _NEAR or _BREAK.search(gap) or _SOME.search(gap)
    return None if is_far else following


def _before(found: re.Match[str], before: Sequence[Mention], text: str) -> Mention | None:
    for place in range(len(before) - 1, -1, -1):
        item = before[place]
        gap = text[item.end : found.start()]
        if _EACH_OF.search(gap):
            return before[0]
        if len(gap) > _NEAR or _BREAK.search(gap) or _SOME.search(gap):
            return None
        if place and _WHOLE.fullmatch(text[before[place - 1].end : item.start]):
            return before[place - 1]
        return item
    return None


def _effective(item: Held) -> frozenset[str]:
    """`Own all but seven` says of the seven that they are leased."""
    if not item.is_all_but:
        return item.ways
    return frozenset(_SWITCH.get(way, way) for way in item.ways)


def _is_part_for_whole(told: Held, own: Sequence[Held], text: str, source: str) -> bool:
    """`Eleven warehouses` or `74 cranes in all`, of which the source says that they are a part."""
    mention = told.mention
    if told.is_part or not all(item.is_part for item in own):
        return False
    if _IN_ALL.match(text, mention.end) or _TOTAL.search(
        text, max(0, mention.start - 50), mention.start
    ):
        return True
    low, high = sentence(text, mention.start, mention.end)
    following = _NOUN.match(text, mention.end)
    if following is None or (low == 0 and high == len(text)):
        return False
    whole = stems(source[: own[0].mention.start])
    part = stems(source[own[0].mention.end :]) - whole
    said = stems(
        text[low : mention.start] + text[following.end() :][: max(0, high - following.end())]
    )
    if stem(following[1]) not in whole or part & said:
        return False
    return not (_OF_LEASES.search(source) and _OF_LEASES.search(text, low, high))


_UNCOUNTED = re.compile(
    r"\b(?P<every>all )?(?:the|your|its|their) (?P<noun>[a-z]{4,}) (?:is|are|were|"
    r"was) (?P<all>all )?(?P<way>leased|rented|"
    r"owned|leasehold|freehold|franchised|on lease)\b",
    re.IGNORECASE,
)


_STATED = frozenset("leased rented owned leasehold freehold franchised".split())
"""The words that `_UNCOUNTED` ends in, but for `on lease`."""


def held_otherwise(text: str, sources: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """`The depots are owned by the Company`, `Reno is owned`, where a source has them on lease; with the source."""
    if _WORDS.isdisjoint(words_of(text)) or not any(ways_in(source) for source in sources):
        return
    is_stated = not _STATED.isdisjoint(words_of(text)) or "on lease" in text.lower()
    for found in _UNCOUNTED.finditer(text) if is_stated else ():
        hit = _HELD.search(found["way"])
        way = (hit.lastgroup if hit else "") or ""
        for source in sources:
            known = _ways_of(source, stem(found["noun"]))
            if known and way not in known and _AGAINST.get(way, set()) & known:
                yield found.start(), found.end(), source
                break
    mixed = [source for source in sources if len(ways_in(source)) > 1]
    for found in _HELD.finditer(text) if mixed else ():
        low, high = _clause_around(text, found)
        names = frozenset(_NAME.findall(text[low:high]))
        for source in mixed if names and len(ways_in(text[low:high])) == 1 else ():
            if not _SOME.search(text[low:high]) and _is_named_otherwise(found, names, source):
                yield low, high, source
                break


def _clause_around(text: str, found: re.Match[str]) -> tuple[int, int]:
    """The words between signs and conjunctions around a word of holding."""
    before = [
        hit.end() for hit in _PIECES.finditer(text, max(0, found.start() - 120), found.start())
    ]
    after = _PIECES.search(text, found.end(), found.end() + 80)
    return (before[-1] if before else max(0, found.start() - 120)), (
        after.start() if after else found.end()
    )


def _is_named_otherwise(found: re.Match[str], names: frozenset[str], source: str) -> bool:
    """Whether the source holds what bears the same name in another way, and says so right there."""
    way = found.lastgroup or ""
    if way not in _SWITCH:
        return False
    known = [
        ways_in(piece) for piece in _PIECES.split(source) if names & frozenset(_NAME.findall(piece))
    ]
    told = frozenset(one for ways in known for one in ways)
    return bool(told) and way not in told and bool(_AGAINST[way] & told)


@lru_cache(maxsize=1024)
def _ways_of(source: str, noun: str) -> frozenset[str]:
    """The ways of holding told of a noun in a source, when all of it is told there."""
    if noun not in stems(source):
        return frozenset()
    low = source.lower()
    for clause in re.split(r"[,;.]", low):
        if noun in stems(clause) and not _SOME.search(clause):
            ways = ways_in(clause)
            if ways:
                return ways
    return frozenset()
