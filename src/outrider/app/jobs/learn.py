"""Keep what people decided since last time. In: Outrider. Out: how many. Never: a change of a draft."""

from __future__ import annotations

from outrider.app.wiring import Outrider
from outrider.kernel.jobs import Job, register
from outrider.learning import observe
from outrider.learning.types import ObserveReport


async def learn(outrider: Outrider) -> ObserveReport:
    """Turn new decisions into observations."""
    async with outrider.begin()() as tx:
        return await observe.observe(tx)


@register("learning.observe")
async def observe_job(outrider: Outrider, job: Job) -> None:
    """The same, from the queue."""
    await learn(outrider)
