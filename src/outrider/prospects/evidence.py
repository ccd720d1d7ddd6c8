"""What makes two facts the same, and the facts that a list gives.

In: facts and rows. Out: fingerprints, facts ready to store. Never: I/O.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

from outrider.prospects.types import Fact, FactKind, FoundFact

_SINGLE = frozenset(FactKind) - {FactKind.STATEMENT}


def fingerprint(fact: FoundFact) -> str:
    """SHA-256 over kind, value, unit, as_of, topic and quote, in hex; its place is no part."""
    as_of = fact.as_of.isoformat() if fact.as_of else None
    return _digest(fact.kind, fact.value, fact.unit, as_of, fact.topic, fact.evidence.quote)


def fingerprint_of_list(kind: FactKind, value: str, unit: str | None) -> str:
    """The fingerprint of a fact that a list gives: its value is its quote, and it has no date."""
    return _digest(kind, value, unit, None, None, value)


def _digest(*fields: str | None) -> str:
    return hashlib.sha256("\x1f".join(field or "" for field in fields).encode()).hexdigest()


def newest_first(fact: Fact) -> tuple[date, float, str]:
    """Sorts facts by the period that they describe, then by when they were read."""
    return (fact.as_of or date.min, fact.evidence.retrieved_at.timestamp(), str(fact.id))


def distinct(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The newest fact of each kind, then every statement once, newest first."""
    ordered = sorted(facts, key=newest_first, reverse=True)
    kinds: dict[FactKind, Fact] = {}
    statements: dict[str, Fact] = {}
    for fact in ordered:
        if fact.kind in _SINGLE:
            kinds.setdefault(fact.kind, fact)
        else:
            statements.setdefault(" ".join(fact.value.split()).casefold(), fact)
    order = list(FactKind)
    singles = sorted(kinds.values(), key=lambda fact: order.index(fact.kind))
    return (*singles, *statements.values())
