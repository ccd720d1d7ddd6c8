"""Have each new draft read and judged, routed, and approved where its policy lets it go by itself.

In: Outrider and a draft. Out: its review. Never: a transaction open while somebody reads; an automatic
approval that nobody judged, that the second reader has still to read, or while a kill switch is on; a
person's name on one.

Each step is stored before the next begins, so a job that died goes on where it stopped: readings and
scores are not asked for twice, nor by two jobs at once, a review is made once, and an approval that was
refused is a person's to decide.
"""

from __future__ import annotations

from uuid import UUID

from outrider.app.jobs import slack_posts
from outrider.app.jobs.second_read import on_leave, second_read
from outrider.app.views import heard
from outrider.app.wiring import Outrider
from outrider.drafts import decide, read
from outrider.drafts.review import ask, judge, route, seed, spend
from outrider.drafts.review.types import Action, Review
from outrider.drafts.types import DecidedBy, Draft, DraftStatus, Judgement, JudgeRequest
from outrider.drafts.write import REVIEW_JOB, ask_for_review
from outrider.kernel.asking import Answer
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import (
    BudgetExceeded,
    Conflict,
    InvalidInput,
    OutriderError,
    Refused,
    VendorUnavailable,
)
from outrider.kernel.jobs import Job, register
from outrider.kernel.switches import halted
from outrider.kernel.telemetry import get_logger

ROUTER = Actor(ActorKind.JOB, "review")

_log = get_logger("jobs")


async def review(outrider: Outrider, draft_id: UUID) -> Review | None:
    """Read, judge, route, and approve if the policy says so; None when there is no review to tell of.

    While another job waits for an answer on the same version, this one leaves it to that one, and looks
    again when its lease has ended.
    """
    await second_read(outrider, draft_id)
    begin = outrider.begin(ROUTER)
    async with begin() as tx:
        draft = await read.find(tx, str(draft_id))
        known = await route.review_of(tx, draft.id)
        if draft.status is not DraftStatus.PENDING:
            return known
        busy = await ask.busy_until(tx, draft.id)
        is_judged = known is not None or await judge.scores_of(tx, draft.id) is not None
        leave = None if busy or is_judged else await ask.begin(tx, draft.id)
        if leave and await judge.scores_of(tx, draft.id) is not None:  # judged since we looked
            await ask.end(tx, leave)
            is_judged, leave = True, None
        if busy or not (is_judged or leave):
            await ask_for_review(tx, draft, not_before=busy or tx.now + ask.LEASE)
            return known
        question = await judge.request(tx, draft) if leave else None
    if leave and question:
        await _judge(outrider, draft, question, leave)
    async with begin() as tx:
        made = await route.route(tx, draft, await heard.newest_words(tx, draft.contact_id))
        if made.verdict.action is not Action.AUTO_APPROVE:
            await slack_posts.refresh(outrider, tx, draft.lineage_id)
    if made.verdict.action is Action.AUTO_APPROVE and made.closed_at is None:
        await _let_go(outrider, draft, made)
    return made


async def review_left_over(outrider: Outrider) -> int:
    """Review the pending drafts that no job came to, e.g. because no worker runs; returns how many.

    One that fails is logged and stays for the next time.
    """
    async with outrider.begin(ROUTER)() as tx:
        waiting = await route.left_over(tx)
    done = 0
    for draft in waiting:
        try:
            done += await review(outrider, draft.id) is not None
        except OutriderError as error:
            _log.warning("review_failed", draft=draft.number, code=error.code)
    await _planted(outrider)
    return done


async def _planted(outrider: Outrider) -> None:
    """Test drafts beside the fresh ones, reviewed at once so that they look like the others."""
    async with outrider.begin(ROUTER)() as tx:
        tests = await seed.plant_share(tx)
    for test in tests:
        await review(outrider, test.id)


async def _judge(outrider: Outrider, draft: Draft, question: JudgeRequest, leave: UUID) -> None:
    async with on_leave(outrider, leave):
        answer = await _judged(outrider, draft, question)
        # By itself: what was paid for is kept, whatever becomes of the review.
        async with outrider.begin(ROUTER)() as tx:
            if isinstance(answer, OutriderError):
                await spend.spend(tx, draft, judge.JUDGE_TASK.prompt_id, *spend.taken(answer))
            else:
                await judge.save(tx, draft, answer)
            await ask.end(tx, leave)


async def _judged(
    outrider: Outrider, draft: Draft, question: JudgeRequest
) -> Answer[Judgement] | OutriderError:
    """What a judge says; why not when there is none to ask, and then a person decides."""
    try:
        return await outrider.asking().ask(judge.task_for(draft), question)
    except (VendorUnavailable, Refused, BudgetExceeded, InvalidInput) as error:
        _log.warning("not_judged", draft=draft.number, code=error.code)
        return error


async def _let_go(outrider: Outrider, draft: Draft, made: Review) -> None:
    """Approve in the policy's name; what the last gate refuses goes to a person."""
    begin = outrider.begin(ROUTER)
    refusal: OutriderError
    try:
        async with begin() as tx:
            switch = await halted(tx, [("campaign", str(draft.campaign_id))])
            if switch is not None:
                _log.info("approval_halted", draft=draft.number, scope=switch.scope)
                return
            verdict = made.verdict
            await decide.approve_by(
                tx,
                draft.id,
                DecidedBy.POLICY,
                made.policy_id,
                f"{verdict.rule}: {verdict.reason}",
            )
            await slack_posts.refresh(outrider, tx, draft.lineage_id)
            return
    except (Refused, Conflict) as error:
        refusal = error
    async with begin() as tx:
        if await route.hand_to_person(tx, draft.id, refusal.message):
            _log.info("approval_refused", draft=draft.number, code=refusal.code)
        await slack_posts.refresh(outrider, tx, draft.lineage_id)


@register(REVIEW_JOB)
async def review_job(outrider: Outrider, job: Job) -> None:
    """The same, from the queue; then tests of the reviewers, where the policy asks for some."""
    await review(outrider, UUID(str(job.args["draft_id"])))
    await _planted(outrider)
