"""Who does what: a firm of another fact in the place of the one that a source names, or of the account.

In: a mail's text, a source, the names of the account's other facts. Out: the words that give the deed to
another. Never: a name that no fact holds, or a verb that the source does not tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from outrider.guardrails.reading.named import tokens_of
from outrider.guardrails.reading.plainwords import stem

_NAME = r"\b[A-Z][\w&'\u2019-]{0,30}(?:(?: (?:of|and|&))? [A-Z][\w&'\u2019-]{0,30}){0,4}"
_BY = re.compile(
    rf"\b(?P<verb>[a-z]{{3,}}ed|run|built|made|held|owned|sold|bought) by (?P<name>{_NAME})"
)
_WE = re.compile(r"\b[Ww]e (?:have |had |also |now |recently )?(?P<verb>[a-z]{3,})")
_DOES = re.compile(
    rf"(?P<name>{_NAME}) (?:has |have |now |also |just |recently |already )*(?P<verb>[a-z]{{3,}}(?:s|ed|t))\b"
)
_WEAK = frozenset(
    map(
        stem, "has had have is was are were does did needs wants asks says tells gets signs".split()
    )
)


def done_by_another(text: str, source: str, others: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The offsets of `Holm services your barges`, where the source has them serviced by Kerrera."""
    agents = _agents(source)
    if not agents:
        return
    for other in others:
        at = text.find(first := other.partition(" ")[0])
        while at >= 0:
            found = _DOES.match(text, at)
            at = text.find(first, at + 1)
            if found is None or (verb := stem(found["verb"])) not in agents or verb in _WEAK:
                continue
            words = frozenset(tokens_of(found["name"]))
            if words.isdisjoint(tokens_of(source)) and words <= frozenset(tokens_of(other)):
                yield found.start(), found.end()


@lru_cache(maxsize=512)
def _agents(source: str) -> frozenset[str]:
    """The stems of what a source says that somebody, or the account, does."""
    return frozenset(
        stem(found["verb"]) for pattern in (_BY, _WE) for found in pattern.finditer(source)
    )
