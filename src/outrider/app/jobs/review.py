"""Have each new draft judged and routed.

In: Outrider and a draft. Out: its review. Never: a transaction open while the judge reads.
"""

from __future__ import annotations

from uuid import UUID

from outrider.app.wiring import Outrider
from outrider.drafts import read
from outrider.drafts.review import route
from outrider.drafts.write import REVIEW_JOB
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.jobs import Job, register

ROUTER = Actor(ActorKind.JOB, "review")


@register(REVIEW_JOB)
async def review_job(outrider: Outrider, job: Job) -> None:
    """One draft, from the queue."""
    async with outrider.begin(ROUTER)() as tx:
        draft = await read.find(tx, str(UUID(str(job.args["draft_id"]))))
        await route.route(tx, draft)
