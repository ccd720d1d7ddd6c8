"""What stands beside a figure: `46 vehicles and two substations` is not `46 substations`.

In: a figure of a mail with the words after it, and a source's words. Out: whether they belong together.
Never: a judgement of the figure itself; that is `agreement`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from outrider.guardrails.mentions import Mention, MentionKind, figures

_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_EMPTY = frozenset(
    "a an the of in on at to for and or by with from as is are was were be been our your its their "
    "this that these those than more most all each per fiscal year new which who we you it they "
    "not about over nearly some only".split()
)
_REACH = 40
_VERB_BEFORE = re.compile(r"\b([a-z]{2,20}ed|own|lease|opened|sold|bought|lost)[ ]$", re.IGNORECASE)
_END = re.compile(r"[.;:?!\n]")
_MORE_OF_THEM = re.compile(
    r"\s+(?:more|fewer|others|of (?:them|which|whom)|were|was|are|is|have|had)\b"
)
_OF_MORE = re.compile(r"\s+of (?:our|the|its|their|your|all|all our)? ?\d[\d,.]*")
Figure = tuple[Decimal, frozenset[str], str]


def belongs(mention: Mention, text: str, source: str) -> bool:
    """Whether nothing after the figure belongs, in the source, to another figure only."""
    # `24 of your 187 cafes` counts the same things twice.
    is_part = _OF_MORE.match(text, mention.end) is not None
    after = frozenset() if is_part else _after(text, mention.end)
    own, others = _split(mention, source)
    if any(word in others and word not in own for word in after):
        return False
    before = _before(text, mention.start)
    if not before or len(_figures(source)) < 2:
        return True
    leads = {number: word for number, _, word in _figures(source)}
    return before not in leads.values() or leads.get(mention.number) == before


def is_echo(mention: Mention, text: str, source: str, covered: str) -> bool:
    """Whether a figure outside a claim's words repeats one of the claim's source.

    It must be told of the same things as in the source, or stand in the words already claimed.
    """
    own, _ = _split(mention, source)
    if not own and not any(number == mention.number for number, _, _ in _figures(source)):
        return False
    said = any(number == mention.number for number, _, _ in _figures(covered))
    return belongs(mention, text, source) and (said or bool(_after(text, mention.end) & own))


def _split(mention: Mention, source: str) -> tuple[frozenset[str], frozenset[str]]:
    own: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    for number, words, _ in _figures(source):
        if number == mention.number:
            own |= words
        else:
            others |= words
    return own, others


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
        if rows and _MORE_OF_THEM.match(source, mention.end):
            words |= rows[-1][1]
        rows.append((mention.number, words, _before(source, mention.start)))
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
    for count, found in enumerate(_WORD.finditer(words)):
        word = found[0].casefold()
        is_year = re.fullmatch(r"(?:19|20)\d\d", word) is not None
        if count >= 5 or (word[0].isdigit() and not is_year) or word in _SPELLED:
            return
        if word not in _EMPTY and len(word) > 2:
            yield word if is_year else word.removesuffix("s")


_SPELLED = frozenset(
    "two three four five six seven eight nine ten eleven twelve million billion".split()
) - {"million", "billion"}
