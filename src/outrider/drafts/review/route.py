"""Say what a draft needs before it may leave: which rule of the policy fits, who decides, by when.

In: the open transaction and a pending draft. Out: its review, stored once.
Never: a decision on the draft, a second review of one version.
"""

from __future__ import annotations

from outrider.drafts.review import store_reviews
from outrider.drafts.review.types import Action, Policy, Review, ReviewId, Verdict
from outrider.drafts.types import Draft
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx


async def route(tx: Tx, draft: Draft) -> Review:
    """The review of this version; made now if it has none."""
    known = await store_reviews.of_draft(tx, draft.id)
    if known is not None:
        return known
    policy = Policy()
    verdict = Verdict(action=Action.REVIEW, rule="otherwise", reason="A person reads every draft.")
    review = Review(
        id=ReviewId(tx.new_id()),
        draft_id=draft.id,
        verdict=verdict,
        on_timeout=policy.clock.on_timeout,
        opened_at=tx.now,
        due_at=tx.now + policy.clock.sla,
    )
    if not await store_reviews.add(tx, review):
        return await route(tx, draft)
    await record(
        tx, "drafts.route", f"draft:{draft.id}", {"action": verdict.action, "rule": verdict.rule}
    )
    return review
