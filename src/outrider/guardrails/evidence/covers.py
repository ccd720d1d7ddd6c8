"""Where the words of a believed claim stand, and how a finding is worded.

In: a place in a mail and the fact it rests on. Out: covers, findings. Never: a judgement.
"""

from __future__ import annotations

from dataclasses import dataclass

from outrider.guardrails.types import KnownFact


@dataclass(frozen=True)
class Cover:
    """Where the words of a believed claim stand, or words elsewhere that repeat its fact."""

    part: str
    start: int
    end: int
    fact: KnownFact
    is_echo: bool = False
    is_time: bool = False
    """Whether the words are a length of time that fits the days of the fact: `two months ago`."""

    @property
    def source(self) -> str:
        """The words of the source that the fact was read from."""
        return self.fact.quote or self.fact.value


def cut(text: str) -> str:
    """The words on one line, short enough to be read in a finding."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else flat[:77] + "..."
