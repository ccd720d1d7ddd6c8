"""What is said to have happened: events, growth and comparisons, held against what a source says.

In: words of a mail and the words of a source. Out: the words that tell another story.
Never: a figure, a name or a date; those are `mentions`, `named` and `relative`.

A verb belongs to a family of verbs that tell the same event. A verb beside a fact is right when the
source tells an event of its family; a verb of no family says nothing that rules could judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_FAMILIES = {
    "acquire": r"acquir(?:ed|es?|ing)|acquisitions?|bought|buys?|buying|purchase[ds]?|purchasing|took over|"
    r"takeover|merged|merger",
    "sell": r"(?<!be )sold|sells?|selling|sale of|divest(?:ed|ing|s)?|dispos(?:ed|al|ing)|spun off|"
    r"licensed out|auctioned",
    "open": r"open(?:ed|ing|s)|reopen(?:ed|ing|s)|launch(?:ed|es|ing)|introduc(?:ed|es|ing)|"
    r"added|adding|entered into|signed|inaugurated|started|began|built",
    "close": r"clos(?:ed|es|ing|ure)|shut(?:ting)?(?: down)?|exit(?:ed|s|ing)?|consolidat(?:ed|ing)|"
    r"return(?:ed|ing)|vacat(?:ed|ing)|terminat(?:ed|es|ing)|"
    r"abandon(?:ed|ing)|discontinu(?:ed|ing)|drop(?:ped|ping)|withdr(?:ew|awn|awing)|"
    r"cancell?ed|scrapped|removed|not renew|stopped",
    "end": r"expir(?:ed|es|ing)|ended|ends|ran out|runs out",
    "renew": r"renew(?:ed|ing)|extend(?:ed|ing)|prolong(?:ed|ing)|renegotiat(?:ed|ing)",
    "repay": r"repa(?:id|ying)|paid (?:off|back)|redeem(?:ed|ing)|default(?:ed|ing)",
    "gain": r"gain(?:ed|s|ing)?|earn(?:ed|s|ing)?|won|sav(?:ed|ings)|collect(?:ed|ing)|profit(?:ed|s)?|"
    r"rais(?:ed|ing)|received|recover(?:ed|ing)|made",
    "lose": r"lost|los(?:s|ses|ing|es)|written off|wrote off|write-off|impairment|stolen|stole|fined|"
    r"fraud|burn(?:ed|t)(?: down)?|damaged|destroyed|flooded",
    "appoint": r"appoint(?:ed|s|ment)|hir(?:ed|es|ing)|promoted|named as|joined",
    "leave": r"resign(?:ed|s|ation)|fir(?:ed|ing)|dismiss(?:ed|al)|quit|"
    r"left(?! (?:you|us|it|them|behind|with|in|to|over|of))|laid off|layoffs?|"
    r"retir(?:ed|es)|replaced|stepped down|departed",
    "rise": r"r(?:ose|isen|ises|ising)|increas(?:ed|es?|ing)|gr(?:ew|own|ows|owth)|climbed|jumped|"
    r"surged|soared|doubled|tripled|quadrupled|expanded|swelled|up(?= (?:by )?[$\d])",
    "fall": r"fell|fallen|falls|drop(?:ped)? (?:by|to)|decreas(?:ed|es?|ing)|declin(?:ed|es|ing)|shrank|shrunk|"
    r"halved|sank|plunged|reduc(?:ed|tion)|slumped|down(?= (?:by )?[$\d])",
    "approve": r"approv(?:ed|al)|cleared|granted",
    "refuse": r"reject(?:ed|ion)|refus(?:ed|al)|recall(?:ed|s)?|banned|revoked|denied|suspended",
    "sue": r"su(?:ed|ing|es)|lawsuit|litigation|settled",
    "last": r"still going on|ongoing|continues|drags on",
}  # fmt: skip
_ALSO = {
    "open": ("acquire", "appoint"),
    "acquire": ("open",),
    "close": ("sell", "lose"),
    "end": ("close",),
    "gain": ("approve", "sell"),
    "approve": ("gain",),
    "appoint": ("open",),
    "leave": ("close",),
    "rise": ("open",),
    "renew": (),
}
"""Families whose words often tell the same event; `joined the group` may be said of a purchase."""

_ANY = re.compile(
    r"\b(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _FAMILIES.items()) + r")\b",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"\b(?:to|will|would)[ ](?P<verb>open|close|sell|buy|lay off)\b", re.IGNORECASE
)
_PLANS = {"open": "open", "close": "close", "sell": "sell", "buy": "acquire", "lay off": "leave"}
_NEGATED = re.compile(r"\b(?:not|never|n't|no longer)(?: \w+)? $", re.IGNORECASE)

_MOVES = re.compile(
    r"\b(?:(?:more than |nearly |almost |has |have |had )?(?:doubled|tripled|quadrupled|halved)|"
    r"(?:has|have|had) (?:also |since |steadily |sharply )?(?:grown|risen|fallen|shrunk|jumped|climbed|"
    r"increased|decreased|declined|dropped|surged|expanded|swelled)|"
    r"(?:up|down) (?:by )?[$\d][\d.,]*|grew|shrank|rose|fell|jumped|climbed|surged|soared|plunged|slumped|"
    r"(?:increased|decreased|declined|dropped|expanded) (?:by|to|from|sharply|since|last|over))\b"
    r"(?: (?:sharply|a lot|fast|steadily|by (?:a|an|one|two) (?:half|third|quarter|fifth|tenth)s?))?",
    re.IGNORECASE,
)
_DEGREES = (
    r"largest|biggest|oldest|fastest|smallest|youngest|best|worst|leading|only|first|number one|"
    r"most \w+|least \w+|fastest-growing|cheapest|highest|lowest"
)
_COMPARES = re.compile(
    r"\b(?:more|fewer|less|higher|lower|larger|bigger|smaller|faster|slower|longer|better|worse|greater|"
    r"cheaper|later|earlier)\b[^.?!,;\n]{0,40}? than (?:any|all|most|other|others|its|your|their|the rest|the average|"
    r"rivals?|competitors?|peers?|plants?|companies|anyone|anybody|everyone|everybody|last|"
    r"the year|a year(?! ago| before| back| later| from| now| to))\b"
    r"|\b(?:twice|double|triple|two times|three times|four times|five times|ten times) "
    r"(?:as|the|what|more|higher|larger|"
    r"bigger)\b(?: (?:much|many|high|large|big) as)?"
    rf"|\b(?:you are|you're|is|are|as|has|have|was|were|runs?|owns?|operates?) the "
    rf"(?:(?:second|third|fourth|fifth|world's|country's|region's|industry's)[ -])?(?:{_DEGREES}) "
    r"(?!(?:question|thing|person|one|way|point|reason|step|copy|version|of us|to|time)\b)\w+",
    re.IGNORECASE,
)
_SHARES = re.compile(
    r"\b(?:by )?(?:more than |over |nearly |almost |about )?(?:half|an? (?:third|quarter|fifth|tenth)|"
    r"(?:two|three) (?:thirds|quarters|fifths)) of (?:your|its|their|all|sales|revenue|volume|profits?|costs?|spend|"
    r"customers|income|turnover|the (?:company|group|business|revenue|sales|volume|stores|leases))\b"
    r"|\bby (?:a|an|one|two|three) (?:half|third|quarter|fifth|tenth)s?\b",
    re.IGNORECASE,
)
_SHARE_VALUES = {"half": 50, "a third": 33, "a quarter": 25, "a fifth": 20, "a tenth": 10,
                 "two thirds": 67, "three quarters": 75}  # fmt: skip
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,3})?) ?(?:%|percent)")
_HYPOTHETICAL = re.compile(
    r"\b(?:if|imagine|suppose|say|should|could|would|might|may|whether|unless|were to|when you|once|will|"
    r"do|does|did|has|have|is|are)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|imagine|suppose|whether|unless|were to|could|would|might)\b", re.I
)


@lru_cache(maxsize=512)
def told(text: str) -> tuple[tuple[int, int, str], ...]:
    """The events of a text: offsets and the family of each verb."""
    found = [(hit.start(), hit.end(), hit.lastgroup or "") for hit in _ANY.finditer(text)]
    found += [
        (hit.start("verb"), hit.end(), _PLANS[hit["verb"].lower()])
        for hit in _PLANNED.finditer(text)
    ]
    return tuple(sorted(found))


def other_event(clause: str, source: str, figure: str) -> tuple[int, int] | None:
    """The verb in a clause that tells an event which the source does not tell of this figure."""
    known = _told_of(source)
    near = _beside(source, figure)
    for start, end, family in told(clause):
        if _NEGATED.search(clause, max(0, start - 24), start):
            continue
        same = {family, *_ALSO.get(family, ())}
        if not known & same:
            return start, end
        if near and not near & same and _is_next(clause, end, figure):
            return start, end
    return None


def moved(text: str) -> Iterator[tuple[int, int]]:
    """Growth, comparisons and shares without a figure, outside questions and conditions."""
    for pattern in (_MOVES, _COMPARES, _SHARES):
        for found in pattern.finditer(text):
            yield found.span()


def is_supposed(sentence: str) -> bool:
    """Whether a sentence supposes or asks rather than states."""
    if _CONDITION.search(sentence):
        return True
    asked = sentence.rstrip().endswith("?")
    return asked and _HYPOTHETICAL.match(sentence.lstrip(" \n-\"'")) is not None


def says_move(source: str, words: str) -> bool:
    """Whether a source tells growth or a fall of the same direction, or holds the words."""
    flat, wanted = source.casefold(), words.casefold()
    if wanted in flat:
        return True
    families = {family for _, _, family in told(words)} & {"rise", "fall"}
    return bool(families) and families <= _told_of(source)


def is_that_share(words: str, source: str) -> bool:
    """Whether `nearly half of` stands for a percentage of the source."""
    shares = [value for word, value in _SHARE_VALUES.items() if word in words.casefold()]
    written = [float(found[1]) for found in _PERCENT.finditer(source)]
    return any(abs(share - percent) <= 6 for share in shares for percent in written)


@lru_cache(maxsize=512)
def _told_of(source: str) -> frozenset[str]:
    return frozenset(family for _, _, family in told(source))


def _beside(source: str, figure: str) -> frozenset[str]:
    """The families of the last verb before a figure in the source."""
    at = source.casefold().find(figure.casefold()) if figure else -1
    before = [family for start, _, family in told(source) if start < at]
    return frozenset(before[-1:])


def _is_next(clause: str, end: int, figure: str) -> bool:
    at = clause.casefold().find(figure.casefold(), end)
    return at >= 0 and at - end <= 24
