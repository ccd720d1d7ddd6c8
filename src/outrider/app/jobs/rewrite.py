"""Answer a rejection: ask the writer with the note, keep the new version in the same thread.

In: Outrider and a rejected draft. Out: the next version. Never: a transaction open while the writer works.
"""

from __future__ import annotations

from uuid import UUID

from outrider.app.jobs import slack_posts
from outrider.app.wiring import Outrider
from outrider.campaigns import blueprint as blueprints
from outrider.campaigns import create as campaigns
from outrider.campaigns import enrol
from outrider.drafts import read, write
from outrider.drafts import rewrite as rewriting
from outrider.drafts.types import Draft, RewriteRequest
from outrider.kernel.database.tx import Actor, ActorKind, Tx
from outrider.kernel.errors import Conflict, OutriderError
from outrider.kernel.jobs import Job, register
from outrider.kernel.telemetry import get_logger
from outrider.learning import brief
from outrider.prospects import read as prospects
from outrider.prospects import research

REWRITER = Actor(ActorKind.JOB, "rewriter")

_log = get_logger("jobs")


async def rewrite(outrider: Outrider, draft_id: UUID) -> Draft:
    """The next version of a rejected draft; when a job or a command was quicker, the one it wrote.

    Raises:
        Conflict: the draft is not rejected, or its sequence stopped.
    """
    begin = outrider.begin(REWRITER)
    try:
        async with begin() as tx:
            draft = await read.find(tx, str(draft_id))
            question = await _question(tx, draft)
        answer = await outrider.asking().ask(rewriting.REWRITE_TASK, question)
        async with begin() as tx:
            version = await rewriting.save(tx, draft, question, answer)
            await slack_posts.refresh(outrider, tx, version.lineage_id)
            return version
    except Conflict:
        async with begin() as tx:
            newer = await _successor(tx, draft_id)
        if newer is None:
            raise
        return newer


async def answer_left_over(outrider: Outrider) -> list[Draft]:
    """Answer the rejections whose rewrite was lost, e.g. with the process that had it in hand.

    One that cannot be written is logged and stays for the next time.
    """
    async with outrider.begin(REWRITER)() as tx:
        waiting = await read.unanswered(tx)
    written = []
    for draft in waiting:
        try:
            written.append(await rewrite(outrider, draft.id))
        except OutriderError as error:
            _log.warning("rewrite_failed", draft=draft.number, code=error.code)
    return written


async def _successor(tx: Tx, draft_id: UUID) -> Draft | None:
    draft = await read.find(tx, str(draft_id))
    versions = await read.lineage(tx, draft.lineage_id)
    return next((one for one in versions if one.version > draft.version), None)


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


@register(rewriting.REWRITE_JOB)
async def rewrite_job(outrider: Outrider, job: Job) -> None:
    """The same, from the queue; a sequence that stopped meanwhile needs no new version."""
    try:
        await rewrite(outrider, UUID(str(job.args["draft_id"])))
    except Conflict as conflict:
        _log.info("rewrite_not_needed", draft=str(job.args["draft_id"]), code=conflict.code)
