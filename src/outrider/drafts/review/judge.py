"""Have a draft judged in five dimensions by another mind than the one that wrote it.

In: the open transaction and a draft; a judge's answer. Out: a `JudgeRequest`; stored `Scores`.
Never: a decision, a score without a reason, a model call inside a transaction.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from uuid import UUID

from outrider.campaigns import blueprint as blueprints
from outrider.campaigns import create, enrol
from outrider.campaigns.types import Blueprint, Rule
from outrider.drafts import store
from outrider.drafts.review import store_readings, store_scores
from outrider.drafts.review.types import Scores
from outrider.drafts.types import Draft, Judgement, JudgeRequest, Limits, OfferedFact
from outrider.kernel.asking import Answer, Task, Tier
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.privacy import GONE
from outrider.prospects import research

JUDGE_TASK: Task[JudgeRequest, Judgement] = Task(
    prompt_id="drafts/judge@1",
    takes=JudgeRequest,
    gives=Judgement,
    tier=Tier.MID,
    max_cost_usd=Decimal("0.05"),
)

_MOST_FACTS = 20
_TOLD = frozenset(
    "subject_words body_words cta_type greeting opening value_led personalization cta_count".split()
)


def task_for(draft: Draft) -> Task[JudgeRequest, Judgement]:
    """The task for this draft: who wrote it should not be who judges it."""
    return replace(JUDGE_TASK, avoid_model=draft.writer)


def prompt() -> str:
    """The text that a model gets with the request, as `JUDGE_TASK.prompt_id` names it."""
    name = JUDGE_TASK.prompt_id.rpartition("/")[2].replace("@", "_")
    return (files("outrider.drafts") / "prompts" / f"{name}.md").read_text(encoding="utf-8")


async def request(tx: Tx, draft: Draft) -> JudgeRequest:
    """The mail as it would be sent, beside what was asked of it and what it could have said."""
    campaign = await create.find(tx, str(draft.campaign_id))
    enrollment = await enrol.find(tx, draft.enrollment_id)
    sequence = await enrol.sequence(tx, enrollment.sequence_id)
    dossier = await research.dossier(tx, draft.account_id)
    blueprint = await blueprints.by_id(tx, draft.blueprint_id) if draft.blueprint_id else None
    used = {claim.fact_id for claim in draft.claims}
    recipient = draft.content.recipient
    return JudgeRequest(
        writer=draft.writer,
        subject=draft.content.subject,
        body=draft.body,
        text=draft.content.text,
        first_name=recipient.first_name,
        title=recipient.title,
        account=dossier.account.name,
        language=draft.language,
        campaign=campaign.name,
        campaign_context=campaign.additional_context,
        booking_link=draft.content.sender.booking_link,
        step=draft.step,
        purpose=next((s.purpose for s in sequence.steps if s.number == draft.step), ""),
        angle=draft.angle,
        limits=limits(blueprint, draft.step),
        findings=tuple(f"{f.severity}: {f.message}" for f in draft.findings),
        offered=tuple(
            OfferedFact(
                kind=fact.kind,
                value=fact.value[:500],
                provenance=fact.evidence.provenance,
                is_used=fact.id in used,
            )
            for fact in dossier.facts[:_MOST_FACTS]
        ),
    )


async def save(tx: Tx, draft: Draft, answer: Answer[Judgement]) -> Scores:
    """Keep the scores; of the same judge's second word on the same version only the cost counts."""
    given = answer.output.by_dimension()
    # Who was erased while it was judged must not come back in the reasons.
    await store.lock(tx, draft.id)
    if await store_readings.is_erased(tx, draft):
        given = {name: item.model_copy(update={"reason": GONE}) for name, item in given.items()}
    scores = Scores(
        draft_id=draft.id,
        by=answer.model,
        scores=given,
        cost_usd=answer.cost_usd,
        scored_at=tx.now,
    )
    paid = {
        "content_hash": draft.content_hash,
        "model": answer.model,
        "prompt_id": JUDGE_TASK.prompt_id,
        "cost_tokens": answer.tokens,
        "cost_usd": str(answer.cost_usd),
    }
    if not await store_scores.add(tx, scores):
        if answer.cost_usd or answer.tokens:
            await store_scores.add_cost(tx, draft.id, answer.model, answer.cost_usd)
            await record(tx, "drafts.settle_judgement", f"draft:{draft.id}", paid)
        return await store_scores.of_draft(tx, draft.id) or scores
    body = {
        **paid,
        "scores": {str(name): item.score for name, item in scores.scores.items()},
        "judges_own_work": answer.model == draft.writer,
    }
    await record(tx, "drafts.judge", f"draft:{draft.id}", body)
    return scores


async def scores_of(tx: Tx, draft_id: UUID) -> Scores | None:
    """What the last judge of this version thinks of it; None when nobody judged it."""
    return await store_scores.of_draft(tx, draft_id)


def limits(blueprint: Blueprint | None, step: int) -> Limits:
    """What a blueprint asks of this step."""
    if blueprint is None:
        return Limits()
    words = blueprint.rule("body_words", step)
    subject = blueprint.rule("subject_words", step)
    ask = blueprint.rule("cta_type", step)
    own = [
        item.text
        for item in (*blueprint.structure, *blueprint.dos, *blueprint.donts)
        if item.step in (None, step) and (item.name in _TOLD or item in blueprint.donts)
    ]
    return Limits(
        words_low=_whole(words, "low"),
        words_high=_whole(words, "high"),
        subject_words_low=_whole(subject, "low"),
        subject_words_high=_whole(subject, "high"),
        ask=ask.choice if ask else None,
        rules=tuple(own),
    )


def _whole(rule: Rule | None, end: str) -> int | None:
    value = getattr(rule, end) if rule else None
    return None if value is None else int(value)
