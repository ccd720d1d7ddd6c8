"""Ask the writer for other mails for a pending draft.

In: Outrider, a draft, how many. Out: the variants. Never: a transaction open while the writer works.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from outrider.app.jobs.rewrite import REWRITER, asked_anew
from outrider.app.wiring import Outrider
from outrider.drafts import read
from outrider.drafts import vary as varying
from outrider.drafts.types import Variant
from outrider.drafts.write import WRITE_TASK


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
        answer = await outrider.asking().ask(WRITE_TASK, question)
        async with begin() as tx:
            variant = await varying.save(tx, draft, question, answer)
        if variant is None:
            break
        made.append(variant)
        progress(number + 1)
    return made
