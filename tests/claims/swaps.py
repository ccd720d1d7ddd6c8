"""False drafts made from the true ones: a figure of another fact in the place of the right one.

In: a set of labelled drafts. Out: the drafts with one claimed figure exchanged, bound to the fact that it
was taken from, so that only the words around it are false. Never: a figure that would be true there too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from outrider.guardrails.evidence.agreement import is_about, number_of
from outrider.guardrails.reading.mentions import Mention, MentionKind
from outrider.guardrails.reading.numerals import figures
from outrider.guardrails.types import Claim, ClaimedFactId, KnownFact
from tests.claims.measure import Labelled, drafts

_SIGNS = {"USD": "$", "EUR": "\u20ac", "GBP": "\u00a3"}
_TIMES = ("month", "week", "year", "day")
_NEAR = Decimal("0.06")
"""Figures nearer to each other than this may stand for each other once rounded."""


def swaps(name: str) -> Iterator[Labelled]:
    """Every draft of a set that should pass, with each claimed figure exchanged for each other one."""
    for row in drafts(name):
        if row.should != "pass":
            continue
        facts = {fact.id: fact for fact in row.facts}
        seen: set[tuple[str, str]] = set()
        for claim in row.claims:
            figure = _only_figure(row, claim, facts)
            for words, fact in _others(row, figure) if figure else ():
                if (claim.span, words) not in seen:
                    seen.add((claim.span, words))
                    yield _exchanged(row, claim, figure, words, fact)


def _only_figure(
    row: Labelled, claim: Claim, facts: dict[ClaimedFactId, KnownFact]
) -> Mention | None:
    """The figure of a claim's words, if they have one only and stand once in the body."""
    is_time = any(word in claim.span.lower() for word in _TIMES)
    if is_time or claim.fact_id not in facts or row.mail.body.count(claim.span) != 1:
        return None
    found = [
        item
        for item in figures(claim.span, bytearray(len(claim.span)))
        if item.kind is not MentionKind.DATE and item.number > 1
    ]
    return found[0] if len(found) == 1 else None


def _others(row: Labelled, figure: Mention | None) -> Iterator[tuple[str, KnownFact]]:
    """Figures of the account's facts, of the same kind and not about the same."""
    for fact in row.facts:
        for kind, words, number in _figures_of(fact):
            is_near = figure is None or abs(number - figure.number) < _NEAR * number
            if figure and kind is figure.kind and not is_near and not is_about(figure, number):
                yield words, fact


def _figures_of(fact: KnownFact) -> Iterator[tuple[MentionKind, str, Decimal]]:
    number = number_of(fact)
    if number is not None and fact.unit == "people":
        yield MentionKind.NUMBER, f"{int(number):,}", number
    elif number is not None:
        sign = _SIGNS.get(fact.unit or "", f"{fact.unit} ")
        yield MentionKind.AMOUNT, f"{sign}{_scaled(number)}", number
    elif fact.kind == "statement":
        source = fact.quote
        for item in figures(source, bytearray(len(source)), is_source=True):
            if item.kind is not MentionKind.DATE and item.number > 1:
                yield item.kind, item.text, item.number


def _scaled(number: Decimal) -> str:
    size, name = (10**9, "billion") if number >= 10**9 else (10**6, "million")
    return f"{number / size:.2f}".rstrip("0").rstrip(".") + f" {name}"


def _exchanged(
    row: Labelled, claim: Claim, figure: Mention | None, words: str, fact: KnownFact
) -> Labelled:
    assert figure is not None
    said = claim.span[: figure.start] + words + claim.span[figure.end :]
    at = row.mail.body.find(claim.span)
    body = row.mail.body[:at] + said + row.mail.body[at + len(claim.span) :]
    claims = tuple(
        Claim(span=said, fact_id=fact.id, value=said) if item is claim else item
        for item in row.claims
    )
    mail = row.mail.model_copy(update={"body": body, "text": body})
    return replace(row, mail=mail, claims=claims, should="block", blame=(said,), kind="exchanged")
