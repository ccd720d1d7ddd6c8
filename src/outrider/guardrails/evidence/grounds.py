"""What a mail may stand on, and a mention at its place: the two values that judging passes around.

In: nothing. Out: frozen values. Never: a judgement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from outrider.guardrails.evidence.covers import Cover
from outrider.guardrails.reading.mentions import Mention
from outrider.guardrails.reading.named import Allowed
from outrider.guardrails.types import KnownFact


@dataclass(frozen=True)
class Ground:
    """What a mail may stand on: its claims, its names, the campaign's own words, the day."""

    texts: Mapping[str, str]
    covers: tuple[Cover, ...]
    may: Allowed
    own_words: tuple[str, ...]
    account: str
    sources: tuple[str, ...]
    facts: tuple[KnownFact, ...]
    today: date

    @cached_property
    def cited(self) -> tuple[KnownFact, ...]:
        """The facts that claims rest on, each once."""
        return tuple({cover.fact.id: cover.fact for cover in self.covers}.values())


class Place(NamedTuple):
    """A mention with the part that it stands in and the claims around it."""

    mention: Mention
    part: str
    text: str
    around: tuple[Cover, ...]
