"""What a model costs, from the price list that comes with `genai-prices`; the network is not asked.

In: a model's name. Out: dollars a million tokens, and the size of its context. Never: a guess: a
model that the list does not name has no price here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

SAMPLE = 1000
"""Tokens that are priced: few, for some models cost more beyond a length."""


@dataclass(frozen=True)
class Listed:
    """Prices in US dollars a million tokens."""

    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write: Decimal
    context_window: int | None


def listed(vendor: str | None, name: str) -> Listed | None:
    """The list's prices; None when it does not know the model, or is not installed."""
    try:
        from genai_prices import Usage, calc_price
    except ImportError:
        return None

    def cost(usage: Usage) -> Decimal:
        found = calc_price(usage, name, provider_id=vendor)
        return found.total_price * (1_000_000 // SAMPLE)

    try:
        model = calc_price(Usage(input_tokens=SAMPLE), name, provider_id=vendor).model
        return Listed(
            input=cost(Usage(input_tokens=SAMPLE)),
            output=cost(Usage(output_tokens=SAMPLE)),
            cache_read=cost(Usage(input_tokens=SAMPLE, cache_read_tokens=SAMPLE)),
            cache_write=cost(Usage(input_tokens=SAMPLE, cache_write_tokens=SAMPLE)),
            context_window=model.context_window,
        )
    except LookupError:
        return None
