"""Answer a rejection: ask the writer with the note, keep the new version in the same thread.

In: Outrider and a rejected draft. Out: the next version. Never: a transaction open while the writer or
a search works; a word of the web that is not kept with its page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from outrider.app.jobs import slack_posts
from outrider.app.wiring import Outrider
from outrider.campaigns import blueprint as blueprints
from outrider.campaigns import create as campaigns
from outrider.campaigns import enrol
from outrider.drafts import read, seek, write
from outrider.drafts import rewrite as rewriting
from outrider.drafts.ports import SearchHit, Searching
from outrider.drafts.review import policy
from outrider.drafts.types import Draft, RewriteRequest, WriteRequest
from outrider.kernel.database.tx import Actor, ActorKind, Tx
from outrider.kernel.errors import Conflict, OutriderError
from outrider.kernel.jobs import Job, register
from outrider.kernel.telemetry import get_logger
from outrider.learning import brief
from outrider.prospects import read as prospects
from outrider.prospects import research

REWRITER = Actor(ActorKind.JOB, "rewriter")

_log = get_logger("jobs")


@dataclass
class _Sought:
    """What a search for a note brought, and what the reviewer is told of it."""

    parts: tuple[str, ...] = ()
    hits: list[SearchHit] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


async def rewrite(outrider: Outrider, draft_id: UUID, searching: Searching | None = None) -> Draft:
    """The next version of a rejected draft; when a job or a command was quicker, the one it wrote.

    A note that asks for news is looked up first, with at most three searches (A-40); without a
    search, or when it fails, the version says so.

    Raises:
        Conflict: the draft is not rejected, or its sequence stopped.
    """
    begin = outrider.begin(REWRITER)
    try:
        async with begin() as tx:
            draft = await read.find(tx, str(draft_id))
            question = await _question(tx, draft)
        sought = await _look_up(question, searching)
        if sought.parts:
            question = await _with_findings(outrider, draft, question, sought)
        answer = await outrider.asking().ask(rewriting.REWRITE_TASK, question)
        async with begin() as tx:
            told = [*sought.told, *await _on_cost(tx, draft, answer.cost_usd)]
            version = await rewriting.save(tx, draft, question, answer, told)
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


async def _look_up(question: RewriteRequest, searching: Searching | None) -> _Sought:
    """Search for what the note asks to look up. No transaction is open here."""
    company, to = question.original.dossier.account.name, question.original.recipient
    wanted = seek.wanted(question.note, company, (to.first_name, to.last_name))
    sought = _Sought(parts=tuple(item.part for item in wanted))
    for item in wanted:
        if searching is None:
            sought.told.append(
                f"No search is set up: the note's request {item.part[:100]!r} was not followed."
            )
            continue
        try:
            hits = await searching.search(item.query)
        except OutriderError as error:
            _log.warning("search_failed", search=searching.name, code=error.code)
            sought.told.append(
                f"The search {searching.name} did not answer for {item.part[:100]!r}: reject again "
                "later to have it looked up."
            )
            continue
        sought.hits += hits[: seek.MOST_HITS]
        if not hits:
            sought.told.append(
                f"The search {searching.name} found nothing for {item.part[:100]!r}."
            )
    return sought


async def _with_findings(
    outrider: Outrider, draft: Draft, question: RewriteRequest, sought: _Sought
) -> RewriteRequest:
    """Keep what was found with its evidence, and hand it to the writer as facts of the account."""
    question = question.model_copy(update={"sought": sought.parts})
    report = seek.report(question.original.dossier.account.name, tuple(sought.hits))
    if not report.facts:
        return question
    for document in report.documents:
        await outrider.objects.put(document.content)
    async with outrider.begin(REWRITER)() as tx:
        dossier = await research.save(tx, draft.account_id, report)
    quotes = {fact.evidence.quote for fact in report.facts}
    found = tuple(
        fact.id
        for fact in dossier.statements()
        if fact.topic == seek.TOPIC and fact.evidence.quote in quotes
    )
    sought.told.append(
        f"{len(report.documents)} pages of the web were read for this note; strangers wrote them, so "
        "open what the mail rests on before you approve."
    )
    original = question.original.model_copy(update={"dossier": dossier})
    return question.model_copy(update={"original": original, "found": found})


async def _on_cost(tx: Tx, draft: Draft, more: Decimal) -> list[str]:
    """What is said of the cost of this mail, when it passes the policy's alert. It stops nothing."""
    spent = await rewriting.cost_of(tx, draft.lineage_id) + more
    limit = (await policy.active(tx, draft.campaign_id)).policy.guard.lineage_cost_alert_usd
    alert = rewriting.cost_alert(spent, limit)
    if alert is None:
        return []
    _log.warning(
        "lineage_cost", lineage=str(draft.lineage_id), cost_usd=str(spent), alert_usd=str(limit)
    )
    return [alert]


async def _successor(tx: Tx, draft_id: UUID) -> Draft | None:
    draft = await read.find(tx, str(draft_id))
    versions = await read.lineage(tx, draft.lineage_id)
    return next((one for one in versions if one.version > draft.version), None)


async def _question(tx: Tx, draft: Draft) -> RewriteRequest:
    """What the writer is told: today's facts, the blueprint of the first version, the note."""
    return await rewriting.request(tx, draft, await asked_anew(tx, draft))


async def asked_anew(tx: Tx, draft: Draft) -> WriteRequest:
    """The request that a draft answers, from what is stored today."""
    enrollment = await enrol.find(tx, draft.enrollment_id)
    campaign = await campaigns.find(tx, str(draft.campaign_id))
    step = await enrol.step_for(tx, enrollment, draft.step)
    if step is None:
        raise Conflict(f"The sequence of draft {draft.number} has no step {draft.step} any more.")
    blueprint = (
        await blueprints.by_id(tx, draft.blueprint_id)
        if draft.blueprint_id
        else await blueprints.active(tx, draft.campaign_id)
    )
    return write.request(
        await research.dossier(tx, draft.account_id),
        await prospects.contact(tx, draft.contact_id),
        draft.content.sender,
        campaign,
        blueprint=blueprint,
        step=step,
        now=tx.now,
        enrollment=enrollment,
        briefing=await brief.brief(tx, "sdr"),
    )


@register(rewriting.REWRITE_JOB)
async def rewrite_job(outrider: Outrider, job: Job) -> None:
    """The same, from the queue; a sequence that stopped meanwhile needs no new version."""
    try:
        await rewrite(outrider, UUID(str(job.args["draft_id"])))
    except Conflict as conflict:
        _log.info("rewrite_not_needed", draft=str(job.args["draft_id"]), code=conflict.code)
