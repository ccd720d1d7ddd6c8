"""Ask the writer for other mails for a pending draft.

In: Outrider, a draft, how many. Out: the variants. Never: a transaction open while the writer works.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

from outrider.app.jobs.rewrite import REWRITER, asked_anew
from outrider.app.wiring import Outrider
from outrider.drafts import read
from outrider.drafts import vary as varying
from outrider.drafts.review import spend
from outrider.drafts.types import Draft, Variant, WriteRequest
from outrider.drafts.write import WRITE_TASK
from outrider.kernel.errors import OutriderError


async def vary(
    outrider: Outrider, draft_id: UUID, count: int, progress: Callable[[int], None]
) -> list[Variant]:
    """Up to `count` new variants, each kept as it comes; fewer when the writer has nothing new.

    Raises:
        Conflict: the draft is not pending, or has as many variants as there may be.
        BudgetExceeded, VendorUnavailable, Refused: the writer does not answer.
    """
    begin = outrider.begin(REWRITER)
    made: list[Variant] = []
    for number in range(count):
        async with begin() as tx:
            draft = await read.find(tx, str(draft_id))
            question = await varying.request(tx, draft, await asked_anew(tx, draft))
        variant = await _written(outrider, draft, question)
        if variant is None:
            break
        made.append(variant)
        progress(number + 1)
    return made


async def _written(outrider: Outrider, draft: Draft, question: WriteRequest) -> Variant | None:
    """One variant; what it cost counts for the mail also when nothing of it is kept."""
    begin = outrider.begin(REWRITER)
    took: tuple[int, Decimal] = (0, Decimal(0))
    variant: Variant | None = None
    try:
        answer = await outrider.asking().ask(WRITE_TASK, question)
        took = (answer.tokens, answer.cost_usd)
        async with begin() as tx:
            variant = await varying.save(tx, draft, question, answer)
    except OutriderError as error:
        took = spend.taken(error) if took == (0, Decimal(0)) else took
        raise
    finally:
        if variant is None:
            async with begin() as tx:
                await spend.spend(tx, draft, WRITE_TASK.prompt_id, *took)
    return variant
