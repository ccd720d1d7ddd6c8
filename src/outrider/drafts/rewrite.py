"""A rejection makes a better version.

In: a rejected draft and its note; a writer's second answer. Out: a `RewriteRequest`; a new `Draft`.
Never: a change of the rejected version, an approval, another recipient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from outrider.campaigns import enrol
from outrider.campaigns.types import EnrollmentStatus
from outrider.drafts import store, store_writing, write
from outrider.drafts.types import Draft, DraftStatus, RewriteRequest, WriteRequest, WrittenMail
from outrider.kernel.asking import Answer, Task, Tier
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict

REWRITE_TASK: Task[RewriteRequest, WrittenMail] = Task(
    prompt_id="drafts/rewrite@1",
    takes=RewriteRequest,
    gives=WrittenMail,
    tier=Tier.MID,
    max_cost_usd=Decimal("0.10"),
)

REWRITE_JOB = "drafts.rewrite"
"""The job that a rejection starts."""


async def request(tx: Tx, draft: Draft, original: WriteRequest) -> RewriteRequest:
    """What a writer needs to mend a rejected draft.

    `original` is the request that the caller assembles again from research and campaigns: a second
    copy of it is kept nowhere, so a rewrite sees today's facts.

    Raises:
        Conflict: the draft is not rejected, it was rewritten already, or its sequence stopped.
    """
    await _check(tx, draft)
    decision = await store.decision_on(tx, draft.id)
    before = [item for item in await store.lineage(tx, draft.lineage_id) if item.id != draft.id]
    thread = await store_writing.angles_of(tx, draft.enrollment_id)
    tried = dict.fromkeys((*original.angles_used, *thread))
    return RewriteRequest(
        original=original.model_copy(
            update={"angles_used": tuple(angle for angle in tried if angle != draft.angle)}
        ),
        subject=draft.content.subject,
        body=draft.body,
        claims=draft.claims,
        angle=draft.angle,
        note=(decision.note if decision else None) or "",
        earlier=tuple(item.body for item in before),
    )


async def save(
    tx: Tx,
    rejected: Draft,
    request: RewriteRequest,
    answer: Answer[WrittenMail],
    told: Sequence[str] = (),
) -> Draft:
    """Keep the rewritten mail as the next version, pending, with the same links (A-42).

    `told` are plain sentences for the reviewer, besides what the writer could not do.

    Raises:
        Conflict: the draft is not rejected, it was rewritten already, or its sequence stopped.
    """
    await _check(tx, rejected)
    if told:
        unmet = tuple(dict.fromkeys((*answer.output.unmet, *told)))
        answer = replace(answer, output=answer.output.model_copy(update={"unmet": unmet}))
    return await write.save_version(tx, rejected, request.original, answer, REWRITE_TASK.prompt_id)


async def cost_of(tx: Tx, lineage_id: UUID) -> Decimal:
    """Dollars that all versions of one mail took: writing, judging, reading, variants."""
    return await store_writing.cost_of(tx, lineage_id)


def cost_alert(spent: Decimal, limit: Decimal) -> str | None:
    """What a reviewer reads when a mail has cost more than the policy's alert; it stops nothing."""
    if spent <= limit:
        return None
    return (
        f"This mail has cost ${spent:.2f} over its versions, above the alert of ${limit:.2f}; "
        "it can be rejected again all the same."
    )


async def _check(tx: Tx, draft: Draft) -> None:
    if draft.status is not DraftStatus.REJECTED:
        raise Conflict(f"Draft {draft.number} is {draft.status}; only a rejected one is rewritten.")
    newest = await store.newest_version(tx, draft.lineage_id)
    if newest is not None and newest.version > draft.version:
        raise Conflict(
            f"Draft {draft.number} was rewritten already: see draft {newest.number}.",
            draft=newest.number,
        )
    enrollment = await enrol.find(tx, draft.enrollment_id)
    if enrollment.status is not EnrollmentStatus.ACTIVE or enrollment.next_step != draft.step:
        raise Conflict(
            f"Draft {draft.number} needs no new version: its sequence is {enrollment.status} "
            f"({enrollment.stop_reason or f'step {enrollment.next_step} is next'})."
        )
