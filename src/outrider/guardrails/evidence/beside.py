"""What stands beside a figure: `46 vehicles and two substations` is not `46 substations`.

In: a figure of a mail with the words after it, and a source's words. Out: whether they belong together.
Never: a judgement of the figure itself; that is `agreement`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from outrider.guardrails.evidence.agreement import is_about
from outrider.guardrails.evidence.deeds import is_done_otherwise
from outrider.guardrails.evidence.holding import is_held_otherwise, is_part
from outrider.guardrails.evidence.measures import has_own_unit, is_in_other_unit, is_label
from outrider.guardrails.evidence.things import SORTS_OF_PEOPLE
from outrider.guardrails.evidence.wholes import is_of_another_whole
from outrider.guardrails.reading.counted import clause_of
from outrider.guardrails.reading.mentions import Mention, MentionKind
from outrider.guardrails.reading.numerals import figures, source_mentions
from outrider.guardrails.reading.phrases import JOINED, STOPS, phrase_after
from outrider.guardrails.reading.plainwords import stem, stems

_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_EMPTY = frozenset(
    "a an the of in on at to for and or by with from as is are was were be been our your its their "
    "this that these those than more most all each per fiscal year new which who we you it they "
    "not about over nearly some only".split()
)
_MODEL = re.compile(r"\b(?!(?:USD|EUR|GBP|CAD|AUD|CHF|JPY|FY)\b)[A-Z]{2,8}[ -]$")
"""`LTM 1650`: the number is part of a name."""
_MADE_BY = re.compile(r"\d (?:[A-Z][\w-]+ ){1,2}$")
"""`54 Embraer 175 aircraft`: the second number is a maker's."""
_TO_COME = re.compile(r"\b(?:next|coming|another|within|every) $", re.IGNORECASE)
_STAFF = frozenset(
    stem(word)
    for word in "employees staff teachers drivers nurses doctors engineers workers clerks carers technicians pilots "
    "colleagues lecturers surgeons mechanics".split()
)
_SERVED = frozenset(
    stem(word)
    for word in "pupils students learners patients guests passengers customers members tenants residents visitors "
    "clients donors children subscribers households properties beds seats".split()
)
_CAPITAL = re.compile(r"\b[A-Z][a-z]{2,}")
_FAR = 70
_LEAD = re.compile(r"[a-z]+ $")
_FURTHER = re.compile(r" (?:more|further|additional|new)\b")
_REACH = 40
_VERB_BEFORE = re.compile(r"\b([a-z]{2,20}ed|own|lease|opened|sold|bought|lost)[ ]$", re.IGNORECASE)
_PARTS = re.compile(r"[,;:.()]|\bof which\b")
_END = re.compile(r"[.;:?!\n(]|, (?:and|but|so|or|yet|while|which|with|you|I|we)\b")
_MORE_OF_THEM = re.compile(
    r"\s+(?:more|fewer|others|of (?:them|which|whom)|were|was|are|is|have|had)\b"
)
_ELIDED = re.compile(
    r"\s*(?:$|[.;)]|,? (?:and|or|but)\b|, | (?:in|at|from|within|across) (?!fiscal|the|FY|Q\d|\d))"
)
_IS_WHOLE = re.compile(
    r"\bof (?:all )?(?:your|the|its|their|our|[A-Z][\w&-]*['\u2019]s?) (?:total )?$", re.IGNORECASE
)
_PREDICATE = re.compile(r"\b(?:are|is|were|was|be|have|has|had|stand|sit|lie|come)\b")
"""Nothing counted after a figure: it counts what the figure before it counts."""
_OF_MORE = re.compile(
    r"\s+of (?:our|the|its|their|your|all|all our|[A-Z][\w&-]*['\u2019]s?)? ?\d[\d,.]*"
)


_SET_OF = re.compile(
    r"\b((?:[a-z]+ ){0,2}(?:fleet|team|staff|network|estate|portfolio|chain|herd|total|workforce)) of (?:about |"
    r"some |over )?$"
)
"""`A haul truck fleet of 88`: what is counted stands before the figure."""
_STATES = frozenset(
    stem(word)
    for word in "owned leased rented leasehold freehold franchised occupied staffed vacant".split()
)


class Figure(NamedTuple):
    """A figure of a source: what it counts, and the verb right before it."""

    number: Decimal
    kind: MentionKind
    words: frozenset[str]
    lead: str
    reach: frozenset[str]
    is_more: bool
    names: frozenset[str]
    """Capitalised words between it and the next figure."""
    currency: str | None
    is_part: bool
    """Whether it counts some of what another figure counts: `of which 121`."""


def belongs(mention: Mention, text: str, source: str, others: Sequence[str] = ()) -> bool:
    """Whether nothing after the figure belongs to another figure only, of this source or `others`."""
    if _MODEL.search(text, max(0, mention.start - 12), mention.start):
        return mention.text in source
    if is_in_other_unit(mention, text, source) or is_of_another_whole(mention, text, source):
        return False
    if is_label(mention, text, source):
        return False
    if is_held_otherwise(mention, text, source) or is_done_otherwise(mention, text, source):
        return False
    if _counts_another(mention, text, source, others):
        return False
    if _FURTHER.match(text, mention.end) and not _is_further(mention, source):
        return False
    before = _before(text, mention.start)
    if not before or len(source_figures(source)) < 2:
        return True
    leads = {figure.number: figure.lead for figure in source_figures(source)}
    return before not in leads.values() or leads.get(mention.number) == before


def _counts_another(mention: Mention, text: str, source: str, others: Sequence[str]) -> bool:
    """Whether the words after a figure are those of another figure."""
    if has_own_unit(mention, text, source):
        return False
    after = _counted(mention, text)
    own, elsewhere = _split(mention, source)
    if any(word in elsewhere and word not in own for word in after):
        return True
    if _is_of_other_people(after, own):
        return True
    if after & _PEOPLE and own and not _has_people(mention, source):
        return True
    if not after & own and after & _counted_in(tuple(others), mention.kind) - stems(source):
        return True
    return _is_of_other_name(mention, text, source)


def _is_of_other_people(after: frozenset[str], own: frozenset[str]) -> bool:
    """`7,300 teachers` of 7,300 pupils: who works there for who is served, or the other way round."""
    return any(
        after & one and not after & other and own & other and not own & one
        for one, other in ((_STAFF, _SERVED), (_SERVED, _STAFF))
    )


def _counted(mention: Mention, text: str) -> frozenset[str]:
    """What the words after a figure say that it counts."""
    if _OF_MORE.match(text, mention.end):
        # `24 of your 187 cafes` counts the same things twice.
        return frozenset()
    if _IS_WHOLE.search(text, max(0, mention.start - 20), mention.start):
        # `121 of your 187 pubs are leasehold` says that of the 121.
        verb = _PREDICATE.search(text, mention.end, mention.end + _REACH)
        if verb:
            return _after(text[: verb.start()], mention.end)
    return _after(text, mention.end)


def is_echo(mention: Mention, text: str, source: str, covered: str) -> bool:
    """Whether a figure outside a claim's words repeats one of the claim's source.

    It must be told of the same things as in the source, stand in the words already claimed, or
    count nothing that is named.
    """
    own, _ = _split(mention, source)
    if not own and not any(_is_same(mention, figure) for figure in source_figures(source)):
        return False
    after = _after(text, mention.end)
    if not belongs(mention, text, source):
        return False
    if mention.kind is not MentionKind.NUMBER:
        # The same amount or share of two things would be a rare chance.
        return any(_is_same(mention, figure) for figure in source_figures(source))
    said = any(_is_same(mention, figure) for figure in source_figures(covered))
    named = [word for word in after if not word.isdigit()]
    return said or not named or bool(after & own)


def _split(mention: Mention, source: str) -> tuple[frozenset[str], frozenset[str]]:
    own: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    for figure in source_figures(source):
        if _is_same(mention, figure):
            own |= figure.words
        elif figure.kind is mention.kind:
            others |= figure.words
    return own, others


def _is_of_other_name(mention: Mention, text: str, source: str) -> bool:
    """`Odile cost $64 million`, where the source gives another figure to Odile."""
    figures_of = [figure for figure in source_figures(source) if figure.kind is mention.kind]
    if len(figures_of) < 2:
        return False
    low, high = clause_of(text, mention)
    said = frozenset(_CAPITAL.findall(text[low:high]))
    own = [figure for figure in figures_of if _is_same(mention, figure)]
    others = [figure for figure in figures_of if figure not in own]
    if not own or any(_mentions_number(text[low:high], figure) for figure in others):
        return False
    taken = frozenset(name for figure in others for name in figure.names & said)
    return any(all(name not in figure.names for figure in own) for name in taken)


def _mentions_number(said: str, figure: Figure) -> bool:
    return any(
        item.kind is figure.kind and _is_same(item, figure)
        for item in figures(said, bytearray(len(said)))
    )


def _following(source: str, end: int, found: Sequence[Mention]) -> str:
    """The words from a figure to the next one."""
    following = min((item.start for item in found if item.start > end), default=end + _FAR)
    return source[end : min(following, end + _FAR)]


def _has_people(mention: Mention, source: str) -> bool:
    same = [figure for figure in source_figures(source) if _is_same(mention, figure)]
    return any(SORTS_OF_PEOPLE & figure.reach for figure in same)


def _is_further(mention: Mention, source: str) -> bool:
    """Whether no other figure of the source is the one of which there are `more`."""
    figures_of = source_figures(source)
    more = [figure for figure in figures_of if figure.is_more]
    return not more or any(_is_same(mention, figure) for figure in more)


def counts_otherwise(mention: Mention, text: str, sources: Sequence[str]) -> bool:
    """Whether a source counts what follows the figure, by whatever number."""
    if _TO_COME.search(text, max(0, mention.start - 20), mention.start):
        return False
    return bool(phrase_after(text, mention.end) & _counted_in(tuple(sources), mention.kind))


def _is_same(mention: Mention, figure: Figure) -> bool:
    """The same figure, or a rounded form of it."""
    if mention.number == figure.number:
        return True
    return mention.kind is figure.kind and is_about(mention, figure.number)


@lru_cache(maxsize=512)
def _counted_in(sources: tuple[str, ...], kind: MentionKind) -> frozenset[str]:
    return frozenset(
        word
        for source in sources
        for figure in source_figures(source)
        if figure.kind is kind
        for word in figure.words
    )


@lru_cache(maxsize=1024)
def source_figures(source: str) -> tuple[Figure, ...]:
    """Each figure of a source with the words after it; small ones count as well."""
    found = [
        mention
        for mention in source_mentions(source)
        if mention.kind is not MentionKind.DATE and mention.number
    ]
    found.sort(key=lambda mention: mention.start)
    rows: list[Figure] = []
    for mention in found:
        words = _after(source, mention.end)
        if rows and (
            _MODEL.search(source, max(0, mention.start - 12), mention.start)
            or _MADE_BY.search(source, 0, mention.start)
        ):
            rows[-1] = rows[-1]._replace(words=rows[-1].words | words)
            continue
        if rows and (
            _MORE_OF_THEM.match(source, mention.end) or _ELIDED.match(source, mention.end)
        ):
            words |= rows[-1].words
        set_of = _SET_OF.search(source, max(0, mention.start - 40), mention.start)
        if set_of:
            words |= stems(set_of[1])
        if rows and words and words <= _STATES:
            # `1,140 tractors: 900 owned and 240 leased` counts tractors three times.
            words |= rows[-1].words
        reach = source[mention.end : mention.end + _FAR]
        stop = _END.search(reach)
        lead = _LEAD.search(source, max(0, mention.start - 24), mention.start)
        rows.append(
            Figure(
                mention.number,
                mention.kind,
                words,
                _before(source, mention.start),
                stems((reach[: stop.start()] if stop else reach) + " " + (lead[0] if lead else "")),
                _FURTHER.match(source, mention.end) is not None,
                frozenset(_CAPITAL.findall(_following(source, mention.end, found))),
                mention.currency,
                is_part(mention, source)
                or bool(rows and rows[-1].is_part and source[: mention.start].endswith(" and ")),
            )
        )
    return tuple(_with_shared_names(rows, source, found))


def _with_shared_names(
    rows: Sequence[Figure], source: str, found: Sequence[Mention]
) -> Iterator[Figure]:
    """`42 homes with 2,480 beds in Leeds`: a name after two figures of one phrase belongs to both."""
    names: frozenset[str] = frozenset()
    starts = [item.start for item in found] + [len(source)]
    shared: list[Figure] = []
    for row, item, following in zip(
        reversed(rows), reversed(found), reversed(starts[1:]), strict=False
    ):
        is_one_phrase = not _PARTS.search(source, item.end, following)
        names = row.names | (names if is_one_phrase else frozenset())
        shared.append(row._replace(names=names))
    yield from reversed(shared)


def _before(text: str, start: int) -> str:
    """The verb right before a figure, as in `covered $1.5 million`."""
    found = _VERB_BEFORE.search(text, max(0, start - 24), start)
    return stem(found[1]) if found else ""


def _after(text: str, end: int) -> frozenset[str]:
    """The first words after a figure that mean something, up to the next figure or clause."""
    joined = JOINED.match(text, end)
    if joined:
        return frozenset((stem(joined[1]),))
    more = _OF_MORE.match(text, end)
    end = more.end() if more else end
    reach = text[end : end + _REACH]
    stop = _END.search(reach)
    return frozenset(_content(reach[: stop.start()] if stop else reach))


def _content(words: str) -> Iterator[str]:
    seen = False
    for count, found in enumerate(_WORD.finditer(words)):
        word = found[0].casefold()
        is_year = re.fullmatch(r"(?:19|20)\d\d", word) is not None
        if count >= 5 or (word[0].isdigit() and not is_year) or word in _SPELLED:
            return
        if word in _PREPOSITIONS or (seen and word in STOPS):
            return
        seen = seen or word not in _EMPTY
        if word not in _EMPTY and len(word) > 2:
            yield word if is_year else stem(word)


_PREPOSITIONS = frozenset(
    "at on during by from with across since as after before through under".split()
)
_SPELLED = frozenset(
    "two three four five six seven eight nine ten eleven twelve million billion".split()
) - {"million", "billion"}
_PEOPLE = frozenset(
    stem(word)
    for word in "people persons employees associates staff colleagues members crew".split()
)
"""A count of places or things is no count of people."""
PEOPLE_AFTER = re.compile(
    r" (?:[a-z-]+ )?(?:people|persons|employees|associates|staff|colleagues|workers|hands|members|crew|souls)\b"
)
