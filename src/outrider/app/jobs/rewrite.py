"""Answer a rejection: ask the writer with the note, keep the new version in the same thread.

In: Outrider and a rejected draft. Out: the next version. Never: a transaction open while the writer works.
"""

from __future__ import annotations

from uuid import UUID

from outrider.app.wiring import Outrider
from outrider.campaigns import blueprint as blueprints
from outrider.campaigns import create as campaigns
from outrider.campaigns import enrol
from outrider.drafts import read, write
from outrider.drafts import rewrite as rewriting
from outrider.drafts.types import Draft, RewriteRequest
from outrider.kernel.database.tx import Actor, ActorKind, Tx
from outrider.kernel.jobs import Job, register
from outrider.learning import brief
from outrider.prospects import read as prospects
from outrider.prospects import research

JOB = "drafts.rewrite"
REWRITER = Actor(ActorKind.JOB, "rewriter")


async def rewrite(outrider: Outrider, draft_id: UUID) -> Draft:
    """Write the next version of a rejected draft.

    Raises:
        Conflict: the draft is not rejected, or was rewritten already.
    """
    begin = outrider.begin(REWRITER)
    async with begin() as tx:
        draft = await read.find(tx, str(draft_id))
        question = await _question(tx, draft)
    answer = await outrider.asking().ask(rewriting.REWRITE_TASK, question)
    async with begin() as tx:
        return await rewriting.save(tx, draft, question, answer)


async def _question(tx: Tx, draft: Draft) -> RewriteRequest:
    """What the writer is told: today's facts, the blueprint of the first version, the note."""
    enrollment = await enrol.find(tx, draft.enrollment_id)
    campaign = await campaigns.find(tx, str(draft.campaign_id))
    sequence = await enrol.sequence(tx, enrollment.sequence_id)
    blueprint = (
        await blueprints.by_id(tx, draft.blueprint_id)
        if draft.blueprint_id
        else await blueprints.active(tx, draft.campaign_id)
    )
    original = write.request(
        await research.dossier(tx, draft.account_id),
        await prospects.contact(tx, draft.contact_id),
        draft.content.sender,
        campaign,
        blueprint=blueprint,
        step=next(step for step in sequence.steps if step.number == draft.step),
        now=tx.now,
        enrollment=enrollment,
        briefing=await brief.brief(tx, "sdr"),
    )
    return await rewriting.request(tx, draft, original)


@register(JOB)
async def rewrite_job(outrider: Outrider, job: Job) -> None:
    """The same, from the queue."""
    await rewrite(outrider, UUID(str(job.args["draft_id"])))
