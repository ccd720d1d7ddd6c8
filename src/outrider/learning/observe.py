"""Decisions become observations.

In: decisions, pulled through the door of `drafts`. Out: one observation per decision, for 30 days.
Never: a category that nobody extracted, or a change to what was decided.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from outrider.drafts import read as drafts
from outrider.drafts.types import Decision, DecisionKind
from outrider.kernel.database.tx import Tx
from outrider.learning import rules, store
from outrider.learning.types import Observation, ObservationId, ObserveReport

BATCH = 200
LOOKED_AT_AGAIN = timedelta(hours=1)
"""Transactions commit in another order than their instants; what is known is passed over."""

FIRST = UUID(int=0)


async def observe(tx: Tx, limit: int = 1000) -> ObserveReport:
    """Observe up to `limit` decisions that have no observation yet."""
    kinds: list[DecisionKind] = []
    newest = await store.newest(tx)
    after = (newest - LOOKED_AT_AGAIN, FIRST) if newest else None
    while len(kinds) < limit:
        decided = [decision for _, decision in await drafts.decided(tx, after, BATCH)]
        if not decided:
            break
        after = (decided[-1].decided_at, decided[-1].id)
        new = await store.add(tx, [_observation(tx, decision) for decision in decided])
        kinds += [decision.kind for decision in decided if decision.id in new]
    return ObserveReport(
        observed=len(kinds),
        approved=kinds.count(DecisionKind.APPROVE),
        edited=kinds.count(DecisionKind.EDIT),
        rejected=kinds.count(DecisionKind.REJECT),
    )


def _observation(tx: Tx, decision: Decision) -> Observation:
    before = f"{decision.subject_before}\n{decision.body_before}"
    after = (
        decision.subject_before if decision.subject_after is None else decision.subject_after,
        decision.body_before if decision.body_after is None else decision.body_after,
    )
    return Observation(
        id=ObservationId(tx.new_id()),
        decision_id=decision.id,
        draft_id=decision.draft_id,
        action=decision.kind,
        note=decision.note,
        subject_before=decision.subject_before,
        body_before=decision.body_before,
        subject_after=decision.subject_after,
        body_after=decision.body_after,
        edit_distance=rules.edit_distance(before, "\n".join(after)),
        created_at=tx.now,
        expires_at=decision.decided_at + rules.KEPT_FOR,
    )
