"""Right figure, wrong story: `raised $8.7 billion` of what is a lease liability.

In: where believed claims stand, the texts. Out: findings. Never: a verb that is merely unknown.

A clause with two figures is shared out between them: a word that names the other figure's fact, and
stands nearer to it, is not held against this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from outrider.guardrails.evidence.covers import Cover, cut
from outrider.guardrails.evidence.relations import RELATIONS, Relation
from outrider.guardrails.evidence.telling import clause
from outrider.guardrails.mail.whole import block
from outrider.guardrails.reading.mentions import sentence
from outrider.guardrails.reading.plainwords import stems
from outrider.guardrails.types import Finding, Span

_FIX = "Say only what the source says of it."
_NAMED_AFTER = re.compile(
    r" (?:in|of|worth of|for) (?!(?:an?|the|your|its|my|our|this|that|it|them|all|"
    r"total|sum|fact|one|note|part|other|every|each|which|what|him|her|us|now|those|"
    r"these|many|some|two|three)\b)[a-z]{3,}(?: [a-z]{3,})?",
    re.I,
)
_NAMED_BEFORE = re.compile(
    r"\b((?!(?:company|business|group|firm|size|base|total|sum|figure|amount|number|"
    r"tune|excess|north|line|scale|kind|"
    r"which|that|think|there|this|this)\b)[a-z]{4,}(?: (?:expense|cost|costs|spend|"
    r"bill))? (?:of|was|were|reached|hit|totals?|totall?ed)) "
    r"(?:about |nearly |some |roughly |over |almost |more than )?$",
    re.IGNORECASE,
)
_SEPARATES = re.compile(
    r"\b(?:and|against|versus|vs|beside|next to|plus|for|on|with|but)\b|,", re.I
)
_ATTACHED = re.compile(
    r"(?:[ ,]+(?!(?:that|which|who|when|while|so|because|but|or|suggests?|means?|from|a|"
    r"each)\b)[\w'\u2019.%$\u20ac\u00a3&-]+){0,8}[ ,]*",
    re.IGNORECASE,
)
_FOR_SOMETHING = re.compile(r" (?:for|on|to) (?:the|an?|its|your|[A-Z])")
_NEGATED = re.compile(r"\b(?:not|no|never|without|nobody)(?: \w+)? $|n't $", re.IGNORECASE)


def relations(covers: Sequence[Cover], texts: Mapping[str, str]) -> Iterator[Finding]:
    """Claims told with words that belong to a fact of another kind."""
    for cover in covers:
        relation = RELATIONS.get(cover.fact.kind)
        if relation is None:
            continue
        text = texts[cover.part]
        wrong = _contradiction(cover, relation, text, covers)
        if wrong is None:
            wrong = _misnamed(cover, relation, text)
        if wrong is None and cover.part == "body":
            wrong = _misplaced(cover, relation, texts)
        if wrong is None:
            continue
        kind = cover.fact.kind.replace("_", " ")
        said = text[wrong[0] : wrong[1]].strip()
        yield block(
            "claim_relation",
            f"`{cut(text[cover.start : cover.end])}` is the {kind}; the sentence says `{cut(said)}`.",
            _FIX,
            Span(part=cover.part, start=min(cover.start, wrong[0]), end=max(cover.end, wrong[1])),
        )


def _contradiction(
    cover: Cover, relation: Relation, text: str, covers: Sequence[Cover]
) -> tuple[int, int] | None:
    low, high = clause(text, cover.start, cover.end)
    beside = [
        other
        for other in covers
        if other.part == cover.part
        and other.fact.kind != cover.fact.kind
        and low <= other.start < high
    ]
    for found in relation.never.finditer(text, low, high):
        if _NEGATED.search(text, max(low, found.start() - 24), found.start()):
            continue
        if not _is_attached(text, found, cover):
            continue
        if any(_belongs_to(text, found, other, cover) for other in beside):
            continue
        return found.span()
    after = relation.after.match(text, cover.end, cover.end + 60)
    return after.span() if after else None


def _is_attached(text: str, found: re.Match[str], cover: Cover) -> bool:
    """Whether nothing between a word and a figure begins to tell of something else."""
    first, last = sorted((found.span(), (cover.start, cover.end)))
    return first[1] >= last[0] or _ATTACHED.fullmatch(text, first[1], last[0]) is not None


def _belongs_to(text: str, found: re.Match[str], other: Cover, cover: Cover) -> bool:
    """Whether a word names the other figure's fact, or stands nearer to that figure."""
    between, beyond = _gap(text, found, cover), _gap(text, found, other)
    if _SEPARATES.search(between) and not _SEPARATES.search(beyond):
        relation = RELATIONS.get(other.fact.kind)
        return relation is None or relation.near.search(found[0]) is not None
    if _distance(found, other) >= _distance(found, cover):
        return False
    relation = RELATIONS.get(other.fact.kind)
    return relation is None or relation.near.search(found[0]) is not None


def _gap(text: str, found: re.Match[str], cover: Cover) -> str:
    if found.end() <= cover.start:
        return text[found.end() : cover.start]
    return text[cover.end : found.start()]


def _distance(found: re.Match[str], cover: Cover) -> int:
    if found.end() <= cover.start:
        return cover.start - found.end()
    return max(0, found.start() - cover.end)


def _misplaced(
    cover: Cover, relation: Relation, texts: Mapping[str, str]
) -> tuple[int, int] | None:
    """The verb of having or spending before a figure that nothing nearby names."""
    text = texts[cover.part]
    found = relation.before.search(text, max(0, cover.start - 40), cover.start)
    if found is None:
        return None
    low, high = sentence(text, cover.start, cover.end)
    low = max(text.rfind("\n\n", 0, low), 0)
    first, last = clause(text, cover.start, cover.end)
    if _FOR_SOMETHING.match(text, cover.end, last) and not relation.near.search(text, first, last):
        return found.span()
    named = relation.near.search(text, low, min(len(text), high + 80))
    return None if named else found.span()


def _misnamed(cover: Cover, relation: Relation, text: str) -> tuple[int, int] | None:
    """`freight of $389 million`, `$1.3 billion in allowances`: a noun that is not the fact's own."""
    if "$" not in _unit(cover):
        return None
    low, high = clause(text, cover.start, cover.end)
    if relation.near.search(text, low, high) or not stems(cover.fact.quote).isdisjoint(
        stems(text[low:high])
    ):
        return None
    after = _NAMED_AFTER.match(text, cover.end, high)
    # A seller's revenue may be told by what it sells: `$40 million of tissue`.
    is_goods = cover.fact.kind == "revenue" and after and not after[0].startswith(" in ")
    if after and not is_goods:
        return after.span()
    before = _NAMED_BEFORE.search(text, low, cover.start)
    return before.span(1) if before else None


def _unit(cover: Cover) -> str:
    """`$` for a fact in money, else nothing."""
    unit = cover.fact.unit or ""
    return "$" if len(unit) == 3 and unit.isupper() else ""
