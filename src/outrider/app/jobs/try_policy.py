"""Try a policy on the drafts of the last days, before it counts. One short transaction a batch.

In: Outrider, a policy, days. Out: what it would have said beside what people said. Never: a change.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from outrider.app.wiring import Begin
from outrider.drafts.review import trial
from outrider.drafts.review.trial import Trial
from outrider.drafts.review.types import Policy
from outrider.kernel.errors import InvalidInput

MOST_DAYS = 366


async def try_policy(
    begin: Begin,
    policy: Policy,
    days: int,
    campaign_id: UUID | None,
    progress: Callable[[int, int | None], None],
) -> Trial:
    """The sums over every draft of these days; memory holds one batch at a time.

    Raises:
        InvalidInput: the days are less than one or more than a year.
    """
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(f"{days} days cannot be tried: give 1 to {MOST_DAYS}.")
    found = Trial(days=days)
    async with begin() as tx:
        total = await trial.total(tx, days, campaign_id)
    after: UUID | None = None
    while True:
        async with begin() as tx:
            some, after = await trial.batch(tx, policy, days, campaign_id, after)
        for tried in some:
            found.add(tried)
        progress(found.drafts, total)
        if after is None:
            return found
