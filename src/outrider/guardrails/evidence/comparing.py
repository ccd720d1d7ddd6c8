"""Growth, comparisons and shares that a mail tells of the account and no cited source tells.

In: the texts of a mail, where its believed claims stand, the stored statements. Out: findings.
Never: what is supposed or asked, or a general truth of the trade.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from outrider.guardrails.evidence.covers import Cover, cut
from outrider.guardrails.evidence.derived import (
    is_fraction_of,
    is_multiple_of,
    is_share_of,
    shares_in,
)
from outrider.guardrails.evidence.growth import is_supposed, moved, says_move, trends
from outrider.guardrails.evidence.happenings import told_of
from outrider.guardrails.evidence.telling import clause, is_about
from outrider.guardrails.mail.whole import block
from outrider.guardrails.reading.mentions import sentence
from outrider.guardrails.types import Finding, KnownFact, Span

MOST = 20
"""More findings of one sort than these help nobody."""

_UP = re.compile(r"\b(?:up|more|higher|rose|risen|grew|increase[ds]?|above)\b", re.IGNORECASE)
_DOWN = re.compile(r"\b(?:down|less|fewer|lower|fell|fallen|cut|decreased?|below)\b", re.IGNORECASE)
_FIX = "Take it out, or bind it to a stored fact that says so."
_MULTIPLIED = re.compile(
    r"\b(?:doubled|tripled|quadrupled|halved|by (?:a|an|one|two|three) (?:half|thirds?|"
    r"quarters?|fifths?|tenths?))\b",
    re.IGNORECASE,
)
_HAS_FIGURE = re.compile(r"[\d%]")
_IS_SHARE = re.compile(r"\b(?:half|thirds?|quarters?|fifths?|tenths?)$", re.IGNORECASE)
_OF_A_WHOLE = re.compile(
    r" of (?:what|your|its|their|all|them|those|the (?!time|year|day|week|month|work|job|battle)[a-z])"
)
_WITH_OTHERS = re.compile(
    r"[^.!?\n]*\b(?:peers?|others|rivals?|competitors?|industry|sector|average|anyone|anybody|everyone|market)\b",
    re.IGNORECASE,
)
_THAN_BEFORE = re.compile(
    r" (?:[a-z]+ )?(?:as|than) (?:before|last|a year|in 20|it was|they were)\b"
)
_POINTS_BACK = re.compile(
    r"(?:that|this|it|which|those|these)(?:'s| is| are| was| were| means)\b", re.IGNORECASE
)


def moves(
    covers: Sequence[Cover], texts: Mapping[str, str], account: str, stored: Sequence[str]
) -> Iterator[Finding]:
    """Growth, comparisons and shares said of the account that no cited source says."""
    facts = tuple({cover.fact.id: cover.fact for cover in covers}.values())
    sources = {cover.source for cover in covers if cover.fact.kind == "statement"}
    for part, text in texts.items():
        own = [cover for cover in covers if cover.part == part]
        for start, end in (
            *_trends(own, text, stored),
            *_moves(own, text, account, facts, sources),
            *_shares(own, text, facts),
        ):
            message = f"`{cut(text[start:end])}` is a comparison that no cited source makes."
            span = Span(part=part, start=start, end=end)
            yield block("claim_uncovered", message, _FIX, span)


def _beside(covers: Sequence[Cover], text: str, start: int, end: int) -> list[Cover]:
    """The believed claims of the sentence."""
    low, high = sentence(text, start, end)
    return [cover for cover in covers if low <= cover.start < high]


def _trends(covers: Sequence[Cover], text: str, stored: Sequence[str]) -> Iterator[tuple[int, int]]:
    for start, end, is_yours, is_told in islice(trends(text, stored), MOST):
        beside = _beside(covers, text, start, end)
        if is_told or any(says_move(cover.source, text[start:end]) for cover in beside):
            continue
        if (is_yours or beside) and not is_supposed(text[slice(*clause(text, start, end))]):
            yield start, end


def _moves(
    covers: Sequence[Cover],
    text: str,
    account: str,
    facts: Sequence[KnownFact],
    sources: set[str],
) -> Iterator[tuple[int, int]]:
    for start, end in islice(moved(text), MOST):
        said = text[slice(*sentence(text, start, end))]
        beside = _beside(covers, text, start, end)
        if any(
            says_move(source, text[start:end]) and not _is_other_way(text, start, source)
            for source in sources
        ):
            continue
        if _is_gain(beside, text, end) or _is_worked_out(text, start, end, facts):
            continue
        if not (beside or is_about(said, account) or _is_pointed(text, start, end)):
            continue
        asked = said.rstrip().endswith("?") and is_supposed(said)
        if not asked and not is_supposed(text[slice(*clause(text, start, end))]):
            yield start, end


def _is_other_way(text: str, start: int, source: str) -> bool:
    """`Down by a quarter` of what a source has a quarter more."""
    low, _ = sentence(text, start, start)
    before = text[max(low, start - 40) : start]
    return bool(
        text.startswith("by ", start)
        and (
            (_DOWN.search(before) and _UP.search(source))
            or (_UP.search(before) and _DOWN.search(source))
        )
        and not (_UP.search(source) and _DOWN.search(source))
    )


def _is_worked_out(text: str, start: int, end: int, facts: Sequence[KnownFact]) -> bool:
    """Whether two figures of a cited fact make the comparison; they say nothing of others."""
    if _WITH_OTHERS.search(text, end, min(len(text), end + 50)):
        return False
    words = text[start:end]
    return (
        is_share_of(text, start, end, facts)
        or is_multiple_of(words, facts)
        or is_fraction_of(words, facts)
    )


def _is_pointed(text: str, start: int, end: int) -> bool:
    """`That's double`, `twice as common as before`: said of what was told just now, or of a change."""
    low, _ = sentence(text, start, end)
    return bool(
        _THAN_BEFORE.match(text, end)
        or _MULTIPLIED.search(text, start, end)
        or (low > 2 and _POINTS_BACK.match(text[low:end].lstrip()))
    )


def _is_gain(beside: Sequence[Cover], text: str, end: int) -> bool:
    """`Grew by three homes`, where a claim of the sentence tells that they were bought or opened."""
    return text.startswith(" by", end) and any(
        told_of(cover.source) & {"acquire", "open"} for cover in beside
    )


def _shares(
    covers: Sequence[Cover], text: str, facts: Sequence[KnownFact]
) -> Iterator[tuple[int, int]]:
    """Shares in words that are told of something: `more than half of what you are owed`."""
    for start, end in islice(shares_in(text), MOST):
        if not (_IS_SHARE.search(text, start, end) and _OF_A_WHOLE.match(text, end)):
            continue
        beside = _beside(covers, text, start, end)
        is_told = any(_HAS_FIGURE.search(text, cover.start, cover.end) for cover in beside)
        said = text[slice(*sentence(text, start, end))]
        if is_told and not (is_supposed(said) or is_share_of(text, start, end, facts)):
            yield start, end
