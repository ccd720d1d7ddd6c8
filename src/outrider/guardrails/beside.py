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

from outrider.guardrails.agreement import is_about
from outrider.guardrails.mentions import Mention, MentionKind, figures
from outrider.guardrails.plainwords import stem, stems

_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_EMPTY = frozenset(
    "a an the of in on at to for and or by with from as is are was were be been our your its their "
    "this that these those than more most all each per fiscal year new which who we you it they "
    "not about over nearly some only".split()
)
_NEXT = re.compile(r"[ -]([a-z]{3,})")
_REACH = 40
_VERB_BEFORE = re.compile(r"\b([a-z]{2,20}ed|own|lease|opened|sold|bought|lost)[ ]$", re.IGNORECASE)
_END = re.compile(r"[.;:?!\n(]|, (?:and|but|so|or|yet|while|which|with|you|I|we)\b")
_MORE_OF_THEM = re.compile(
    r"\s+(?:more|fewer|others|of (?:them|which|whom)|were|was|are|is|have|had)\b"
)
_ELIDED = re.compile(r"\s*(?:$|[.;)]|,? (?:and|or|but)\b|, )")
"""Nothing counted after a figure: it counts what the figure before it counts."""
_OF_MORE = re.compile(r"\s+of (?:our|the|its|their|your|all|all our)? ?\d[\d,.]*")


class Figure(NamedTuple):
    """A figure of a source: what it counts, and the verb right before it."""

    number: Decimal
    kind: MentionKind
    words: frozenset[str]
    lead: str


def belongs(mention: Mention, text: str, source: str, others: Sequence[str] = ()) -> bool:
    """Whether nothing after the figure belongs to another figure only, of this source or `others`."""
    # `24 of your 187 cafes` counts the same things twice.
    is_part = _OF_MORE.match(text, mention.end) is not None
    after = frozenset() if is_part else _after(text, mention.end)
    own, elsewhere = _split(mention, source)
    if any(word in elsewhere and word not in own for word in after):
        return False
    if not after & own and _is_of_others(mention, text, source, own):
        return False
    if not after & own and after & _counted_in(tuple(others), mention.kind) - stems(source):
        return False
    before = _before(text, mention.start)
    if not before or len(_figures(source)) < 2:
        return True
    leads = {figure.number: figure.lead for figure in _figures(source)}
    return before not in leads.values() or leads.get(mention.number) == before


def is_echo(mention: Mention, text: str, source: str, covered: str) -> bool:
    """Whether a figure outside a claim's words repeats one of the claim's source.

    It must be told of the same things as in the source, stand in the words already claimed, or
    count nothing that is named.
    """
    own, _ = _split(mention, source)
    if not own and not any(_is_same(mention, figure) for figure in _figures(source)):
        return False
    after = _after(text, mention.end)
    said = any(_is_same(mention, figure) for figure in _figures(covered))
    return belongs(mention, text, source) and (said or not after or bool(after & own))


def _split(mention: Mention, source: str) -> tuple[frozenset[str], frozenset[str]]:
    own: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    for figure in _figures(source):
        if _is_same(mention, figure):
            own |= figure.words
        elif figure.kind is mention.kind:
            others |= figure.words
    return own, others


def _is_of_others(mention: Mention, text: str, source: str, own: frozenset[str]) -> bool:
    """`2,800 offices`, where the source has offices but counts 2,800 of something else."""
    found = _NEXT.match(text, mention.end) if mention.kind is MentionKind.NUMBER and own else None
    return found is not None and stem(found[1]) in stems(source)


def counts_otherwise(mention: Mention, text: str, sources: Sequence[str]) -> bool:
    """Whether a source counts what follows the figure, by whatever number."""
    return bool(_after(text, mention.end) & _counted_in(tuple(sources), mention.kind))


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
        for figure in _figures(source)
        if figure.kind is kind
        for word in figure.words
    )


@lru_cache(maxsize=1024)
def _figures(source: str) -> tuple[Figure, ...]:
    """Each figure of a source with the words after it; small ones count as well."""
    found = [
        mention
        for mention in figures(source, bytearray(len(source)), is_source=True)
        if mention.kind is not MentionKind.DATE and mention.number
    ]
    rows: list[Figure] = []
    for mention in found:
        words = _after(source, mention.end)
        if rows and (_MORE_OF_THEM.match(source, mention.end) or _ELIDED.match(source, mention.end)):
            words |= rows[-1].words
        rows.append(Figure(mention.number, mention.kind, words, _before(source, mention.start)))
    return tuple(rows)


def _before(text: str, start: int) -> str:
    """The verb right before a figure, as in `covered $1.5 million`."""
    found = _VERB_BEFORE.search(text, max(0, start - 24), start)
    return found[1].casefold() if found else ""


def _after(text: str, end: int) -> frozenset[str]:
    """The first words after a figure that mean something, up to the next figure or clause."""
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
        if seen and word in _PREPOSITIONS:
            return
        seen = seen or word not in _EMPTY
        if word not in _EMPTY and len(word) > 2:
            yield word if is_year else stem(word)


_PREPOSITIONS = frozenset(
    "at in on during for by from with across since as to after before through under".split()
)
_SPELLED = frozenset(
    "two three four five six seven eight nine ten eleven twelve million billion".split()
) - {"million", "billion"}
