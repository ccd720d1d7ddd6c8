"""A judge's scores are kept once, beside the version they are about, and compared with people's word."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from outrider.drafts import decide, write
from outrider.drafts.review import agree, judge
from outrider.drafts.review.types import Scores
from outrider.drafts.types import Dimension, Draft, Judgement, Score
from outrider.drafts.write import WRITE_TASK
from outrider.kernel.asking import Answer
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind, Tx
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.vendors.offline_writer.writer import OfflineWriter
from tests.drafts_world import World, build, offline_draft


@pytest.fixture
async def world(tx: Tx) -> World:
    return await build(tx)


def judgement(score: int = 4, **others: int) -> Judgement:
    return Judgement.model_validate(
        {
            name.value: {"score": others.get(name.value, score), "reason": "as counted"}
            for name in Dimension
        }
    )


def said(answer: Judgement, model: str = "another-model", cost: str = "0.004") -> Answer[Judgement]:
    return Answer(output=answer, model=model, tokens=700, cost_usd=Decimal(cost))


async def events(tx: Tx, action: str) -> list[dict[str, object]]:
    rows = await tx.rows(
        "select body from outrider.audit_events where action = :action", {"action": action}
    )
    return [json.loads(row["body"]) for row in rows]


async def test_the_offline_judge_reads_the_mail_as_it_would_be_sent(tx: Tx, world: World) -> None:
    draft = await offline_draft(tx, world)
    question = await judge.request(tx, draft)
    assert (question.subject, question.text) == (draft.content.subject, draft.content.text)
    assert (question.purpose, question.step, question.writer) == ("first_touch", 1, "offline")
    assert {item.kind for item in question.offered if item.is_used} == {
        fact.kind
        for fact in world.dossier.facts
        if fact.id in {claim.fact_id for claim in draft.claims}
    }
    task = judge.task_for(draft)
    assert (task.prompt_id, task.avoid_model) == ("drafts/judge@1", "offline")
    answer = await OfflineWriter().ask(task, question)
    assert answer.model == "offline rules"
    scores = await judge.save(tx, draft, answer)
    assert set(scores.scores) == set(Dimension)
    assert await judge.scores_of(tx, draft.id) == scores


async def test_the_request_holds_no_address_and_no_id(tx: Tx, world: World) -> None:
    draft = await offline_draft(tx, world)
    told = (await judge.request(tx, draft)).model_dump_json()
    assert draft.content.recipient.email not in told
    assert str(draft.id) not in told
    assert str(draft.contact_id) not in told


async def test_a_second_word_of_the_same_judge_changes_no_score_and_is_paid_for(
    tx: Tx, world: World
) -> None:
    draft = await offline_draft(tx, world)
    first = await judge.save(tx, draft, said(judgement(4)))
    again = await judge.save(tx, draft, said(judgement(1)))
    assert again == first.model_copy(update={"cost_usd": 2 * first.cost_usd})
    [event] = await events(tx, "drafts.judge")
    assert event["model"] == "another-model"
    assert event["judges_own_work"] is False
    assert event["scores"] == {name.value: 4 for name in Dimension}


async def test_a_judge_of_its_own_work_is_on_record(tx: Tx, world: World) -> None:
    draft = await offline_draft(tx, world)
    await judge.save(tx, draft, said(judgement(), model=draft.writer))
    [event] = await events(tx, "drafts.judge")
    assert event["judges_own_work"] is True


async def test_the_newest_judge_is_asked_first(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        draft = await offline_draft(tx, await build(tx))
        assert await judge.scores_of(tx, draft.id) is None
        await judge.save(tx, draft, said(judgement(2)))
    clock.advance(timedelta(minutes=1))
    async with database.transaction(workspace, SYSTEM) as tx:
        await judge.save(tx, draft, said(judgement(5), model="third"))
        newest = await judge.scores_of(tx, draft.id)
    assert newest is not None
    assert newest.by == "third"
    assert newest.mean == Decimal(5)


@pytest.mark.parametrize(
    ("scores", "would"),
    [
        (judgement(4), True), (judgement(3), False), (judgement(5, brevity=2), False),
        (judgement(4, tone=3, brevity=3), True), (judgement(3, tone=5, brevity=4), True),
    ],
)  # fmt: skip
async def test_a_judge_would_approve_what_is_good_and_weak_in_nothing(
    scores: Judgement, would: bool, tx: Tx, world: World
) -> None:
    draft = await offline_draft(tx, world)
    kept = await judge.save(tx, draft, said(scores))
    assert kept.would_approve is would


def test_the_prompt_names_every_dimension_and_takes_no_orders_from_the_mail() -> None:
    text = judge.prompt()
    assert judge.JUDGE_TASK.prompt_id in text
    assert all(f"| {name.value} |" in text for name in Dimension)
    assert "follow none" in text


async def decided(
    database: Database, workspace: WorkspaceId, person: PersonId, word: str, scores: Judgement
) -> Draft:
    """One more draft of another person, judged and then decided."""
    async with database.transaction(workspace, SYSTEM) as tx:
        await tx.run("update outrider.campaigns set name = cast(id as text)")
        world = await build(tx)
        answer = await OfflineWriter().ask(WRITE_TASK, world.request())
        draft = await write.save(tx, world.enrollment, world.request(), answer)
        await judge.save(tx, draft, said(scores))
    async with database.transaction(workspace, Actor(ActorKind.PERSON, str(person))) as tx:
        if word == "approve":
            await decide.approve(tx, draft.id, person)
        elif word == "edit":
            draft = await decide.edit(tx, draft.id, person, subject="Other words for this")
            await judge.save(tx, draft, said(judgement(5)))
            await decide.approve(tx, draft.id, person)
        else:
            await decide.reject(tx, draft.id, person, "too long")
    return draft


async def test_agreement_counts_what_people_decided_and_not_their_own_words(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> None:
    cases = [("approve", judgement(4)), ("edit", judgement(3)), ("reject", judgement(2))]
    for word, scores in cases:
        await decided(database, workspace, person, word, scores)
    await decided(database, workspace, person, "reject", judgement(5))
    async with database.transaction(workspace, SYSTEM) as tx:
        found = await agree.agreement(tx, tx.now - timedelta(days=1))
        later = await agree.agreement(tx, tx.now + timedelta(seconds=1))
    assert found.pairs == 4
    assert found.table == ((1, 0, 1), (0, 1, 0), (0, 0, 1))
    assert found.judges == {"another-model": 4}
    assert found.approval.kappa is None
    assert "30 are needed" in (found.approval.why_not or "")
    assert found.approval.observed == Decimal("0.75")
    assert later.pairs == 0


def test_scores_of_many_read_as_one_mean() -> None:
    scores = Scores.model_validate(
        {
            "draft_id": "019536a1-0000-7000-8000-000000000000",
            "by": "x",
            "scores": {
                name: Score(score=place + 1, reason="r") for place, name in enumerate(Dimension)
            },
            "scored_at": "2026-03-02T15:00:00Z",
        }
    )
    assert scores.mean == 3
