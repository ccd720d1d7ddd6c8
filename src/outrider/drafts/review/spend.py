"""Count what was paid for an answer of which nothing was kept.

In: the open transaction, a draft, what an answer or an error took. Out: the cost of the mail, and an event.
Never: a cost that is counted twice, a word of the answer.
"""

from __future__ import annotations

from decimal import Decimal

from outrider.drafts import store_writing
from outrider.drafts.types import Draft
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import OutriderError


def taken(error: OutriderError) -> tuple[int, Decimal]:
    """Tokens and US dollars that whoever was asked took before it came to this error."""
    tokens, cost = error.facts.get("tokens"), error.facts.get("cost_usd")
    return (
        tokens if isinstance(tokens, int) else 0,
        cost if isinstance(cost, Decimal) else Decimal(0),
    )


async def spend(tx: Tx, draft: Draft, prompt_id: str, tokens: int, cost_usd: Decimal) -> None:
    """Add what a question about this draft took to its mail; nothing when it took nothing."""
    if not tokens and not cost_usd:
        return
    await store_writing.add_cost(tx, draft.id, tokens, cost_usd)
    body = {
        "content_hash": draft.content_hash,
        "prompt_id": prompt_id,
        "cost_tokens": tokens,
        "cost_usd": str(cost_usd),
    }
    await record(tx, "drafts.spend", f"draft:{draft.id}", body)
