"""A part told for the whole by one word: `overseas sales` of what are all sales.

In: a figure of a mail and the facts. Out: whether another statement tells of that part. Never: a word that no
fact has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from outrider.guardrails.reading.mentions import Mention, sentence
from outrider.guardrails.types import KnownFact

_SALES = re.compile(
    r"\b(?!(?:net|total|annual|group|of|the|in|your|our|its|their|and)\b)[a-z-]{4,} (?:sales|revenues?|turnover|"
    r"income)\b",
    re.IGNORECASE,
)


def is_narrowed(mention: Mention, text: str, fact: KnownFact, others: Sequence[KnownFact]) -> bool:
    """`Overseas sales came to $18 billion`, where that is all sales and a statement tells of overseas ones."""
    low, high = sentence(text, mention.start, mention.end)
    for found in _SALES.finditer(text, low, high):
        pair = found[0].lower()
        if pair not in fact.quote.lower() and any(
            pair in (other.quote or other.value).lower()
            for other in others
            if other.kind == "statement"
        ):
            return True
    return False
