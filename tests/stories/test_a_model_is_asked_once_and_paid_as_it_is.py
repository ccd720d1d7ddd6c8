"""Of one version one job asks at a time, and whatever an answer cost is counted, however late it comes."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from outrider.app.jobs import second_read as reading
from outrider.app.jobs.review import review
from outrider.app.jobs.second_read import second_read
from outrider.app.views import drafts as drafts_view
from outrider.drafts import decide, rewrite
from outrider.drafts.review import ask, judge, route, second
from outrider.drafts.types import Dimension, Draft, DraftStatus, Judgement
from outrider.guardrails.types import Severity
from outrider.kernel.asking import Answer
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import Actor, ActorKind, Tx
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.reader_world import (
    GOOD,
    Scene,
    always,
    checks_of,
    clean,
    doubt,
    scene,
    words_of,
)

pytest.importorskip("anthropic", reason="the SDK of Anthropic is an extra")

JOBS = 4
PATIENCE_SECONDS = 120.0


@pytest.fixture
async def here(
    home: Path, database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> AsyncIterator[Scene]:
    async with scene(home, database, workspace, person, clock) as found:
        await found.adopt(always())
        yield found
        await asyncio.gather(*reading.LATE, return_exceptions=True)


def once(come: Callable[[], bool], words: bool = True) -> Callable[[Mapping[str, Any]], Any]:
    """A reader that answers when something has come true; with doubts, or with none."""

    def reply(asked: Mapping[str, Any]) -> Any:
        end = time.monotonic() + PATIENCE_SECONDS
        while not come():
            assert time.monotonic() < end
            time.sleep(0.02)
        return clean(asked, *([doubt(asked, words_of(asked))] if words else []))

    return reply


def judged(here: Scene) -> int:
    """How often the judge was asked."""
    return sum("drafts/second_read@1" not in system for system in here.models.systems)


async def cost(here: Scene) -> Decimal:
    """What the mail costs by the budget's sum, which is what a person is shown."""
    async with here.outrider.begin()() as tx:
        spent = await rewrite.cost_of(tx, here.draft.lineage_id)
        shown = await drafts_view.one(tx, here.draft.id)
    assert shown is not None
    assert shown["lineage_cost_usd"] == pytest.approx(float(spent))
    return spent


async def jobs_later(tx: Tx) -> int:
    """Reviews that wait in the queue for the end of a lease."""
    row = await tx.row(
        "select count(*) as n from jobs.procrastinate_jobs where task_name = 'drafts.review'"
        " and scheduled_at is not null"
    )
    return int(row["n"]) if row else 0


async def test_of_several_jobs_one_asks_the_reader_and_one_the_judge(here: Scene) -> None:
    loop = asyncio.get_running_loop()

    async def others() -> int:
        async with here.outrider.begin()() as tx:
            return await jobs_later(tx)

    def others_left() -> bool:
        return asyncio.run_coroutine_threadsafe(others(), loop).result(60) == JOBS - 1

    # They look again later, in case that the one died.
    here.models.reply = once(others_left, words=False)
    await asyncio.gather(*(review(here.outrider, here.draft.id) for _ in range(JOBS)))
    assert (len(here.models.asked), judged(here)) == (1, 1)
    stored, _ = await here.now()
    assert stored.status is DraftStatus.APPROVED
    async with here.outrider.begin()() as tx:
        assert await ask.busy_until(tx, here.draft.id) is None


async def test_without_a_second_reader_the_judge_is_asked_once_as_well(here: Scene) -> None:
    await here.adopt(always(is_on=False))
    await asyncio.gather(*(review(here.outrider, here.draft.id) for _ in range(JOBS)))
    assert (len(here.models.asked), judged(here)) == (0, 1)
    assert (await here.now())[0].status is DraftStatus.APPROVED


@pytest.mark.parametrize("is_on", [True, False])
async def test_whoever_is_overtaken_between_looking_and_asking_does_not_ask(
    here: Scene, monkeypatch: pytest.MonkeyPatch, is_on: bool
) -> None:
    await here.adopt(always(is_on=is_on))
    begin, overtaken = ask.begin, list[bool]()

    async def begin_late(tx: Tx, draft_id: UUID) -> UUID | None:
        if not overtaken:
            overtaken.append(True)
            await review(here.outrider, here.draft.id)
        return await begin(tx, draft_id)

    monkeypatch.setattr(ask, "begin", begin_late)
    await review(here.outrider, here.draft.id)
    assert (len(here.models.asked), judged(here)) == (int(is_on), 1)
    async with here.outrider.begin()() as tx:
        assert await ask.busy_until(tx, here.draft.id) is None


async def test_whoever_died_while_a_model_thought_is_asked_for_again_after_its_lease(
    here: Scene, clock: VirtualClock
) -> None:
    async with here.outrider.begin()() as tx:
        assert await ask.begin(tx, here.draft.id) is not None
    for wait in (timedelta(0), ask.LEASE - timedelta(seconds=1)):
        clock.advance(wait)
        assert await review(here.outrider, here.draft.id) is None
    assert (len(here.models.asked), judged(here)) == (0, 0)
    async with here.outrider.begin()() as tx:
        assert await jobs_later(tx) == 2
    clock.advance(timedelta(seconds=1))
    assert await review(here.outrider, here.draft.id) is not None
    assert (len(here.models.asked), judged(here)) == (1, 1)


@pytest.mark.parametrize("verb", [(second, "save"), (judge, "save"), (route, "route")])
async def test_a_job_that_fails_leaves_no_lease_and_the_one_after_it_is_no_later(
    here: Scene, monkeypatch: pytest.MonkeyPatch, verb: tuple[Any, str]
) -> None:
    async def fails(*_: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(*verb, fails)
        with pytest.raises(RuntimeError):
            await review(here.outrider, here.draft.id)
    async with here.outrider.begin()() as tx:
        assert await ask.busy_until(tx, here.draft.id) is None
    assert await review(here.outrider, here.draft.id) is not None
    async with here.outrider.begin()() as tx:
        assert await jobs_later(tx) == 0


async def test_scores_that_were_paid_for_are_kept_when_the_review_fails(
    here: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(route, "route", fails)
        for _ in range(2):
            with pytest.raises(RuntimeError):
                await review(here.outrider, here.draft.id)
    async with here.outrider.begin()() as tx:
        assert await judge.scores_of(tx, here.draft.id) is not None
    await review(here.outrider, here.draft.id)
    assert (len(here.models.asked), judged(here)) == (1, 1)


async def test_leave_that_was_taken_over_is_not_given_back_by_whoever_had_it(
    here: Scene, clock: VirtualClock
) -> None:
    async with here.outrider.begin()() as tx:
        first = await ask.begin(tx, here.draft.id)
        assert first is not None
        assert await ask.begin(tx, here.draft.id) is None
    clock.advance(ask.LEASE)
    async with here.outrider.begin()() as tx:
        second_one = await ask.begin(tx, here.draft.id)
        assert second_one not in (None, first)
        await ask.end(tx, first)
        assert await ask.busy_until(tx, here.draft.id) == tx.now + ask.LEASE


def decides(here: Scene, how: Callable[[Tx], Any]) -> Callable[[Mapping[str, Any]], Any]:
    """A reader that answers after a person decided."""
    loop = asyncio.get_running_loop()

    async def decide_now() -> None:
        async with here.outrider.begin(Actor(ActorKind.PERSON, str(here.admin)))() as tx:
            await how(tx)

    def reply(asked: Mapping[str, Any]) -> Any:
        asyncio.run_coroutine_threadsafe(decide_now(), loop).result(60)
        return clean(asked, doubt(asked, words_of(asked)))

    return reply


@pytest.mark.parametrize("is_edited", [False, True])
async def test_a_reading_that_comes_after_the_decision_costs_its_mail_and_adds_nothing(
    here: Scene, is_edited: bool
) -> None:
    async def approves(tx: Tx) -> Draft:
        return await decide.approve(tx, here.draft.id, here.admin)

    async def edits(tx: Tx) -> Draft:
        return await decide.edit(tx, here.draft.id, here.admin, subject="Another lease question")

    before = await cost(here)
    here.models.reply = decides(here, edits if is_edited else approves)
    kept = await second_read(here.outrider, here.draft.id)
    assert kept is not None
    assert (kept.findings, kept.cost_usd > 0) == ((), True)
    assert await cost(here) == before + kept.cost_usd
    async with here.outrider.begin()() as tx:
        shown = await drafts_view.one(tx, here.draft.id)
    assert shown is not None
    assert [one for one in shown["findings"] if one["check"].startswith("reader_")] == []
    [event] = await here.events()
    assert (event["late"], event["added"], event["cost_usd"]) == (True, 0, str(kept.cost_usd))
    assert event["findings"]["reader_unsupported:block"] == 1


async def test_an_answer_after_its_time_is_counted_when_it_comes_and_not_read(here: Scene) -> None:
    may_answer = threading.Event()
    here.models.reply = once(may_answer.is_set)
    before = await cost(here)
    await second_read(here.outrider, here.draft.id, within=timedelta(seconds=0.1))
    # Until it comes, all that it may cost is counted: this process could end before.
    most = second.SECOND_READ_TASK.max_cost_usd
    assert await cost(here) == before + most
    may_answer.set()
    await asyncio.gather(*reading.LATE)
    spent = await cost(here)
    assert before < spent < before + most
    await review(here.outrider, here.draft.id)
    stored, _ = await here.now()
    assert checks_of(stored) == {"reader_silent": Severity.WARN}
    assert len(here.models.asked) == 1


async def test_of_two_answers_on_one_version_the_first_is_read_and_both_are_paid(
    here: Scene, clock: VirtualClock
) -> None:
    here.models.reply = once(lambda: len(here.models.asked) == 2)
    first = asyncio.create_task(second_read(here.outrider, here.draft.id))
    while not here.models.asked:
        await asyncio.sleep(0.02)
    clock.advance(ask.LEASE)
    again = await second_read(here.outrider, here.draft.id)
    one = await first
    assert one is not None
    assert again is not None
    assert len(here.models.asked) == 2
    assert again.findings == one.findings
    [event] = await here.events()
    assert await cost(here) == 2 * Decimal(event["cost_usd"]) > 0


async def test_a_second_word_of_the_same_judge_is_paid_for(here: Scene) -> None:
    before = await cost(here)
    said = Answer(Judgement.model_validate(GOOD), "a judge", 700, Decimal("0.004"))
    async with here.outrider.begin()() as tx:
        await judge.save(tx, here.draft, said)
        scores = await judge.save(tx, here.draft, said)
    assert set(scores.scores) == set(Dimension)
    assert await cost(here) == before + Decimal("0.008")


async def test_an_answer_that_the_end_of_the_process_overtakes_stays_counted(here: Scene) -> None:
    may_answer = threading.Event()
    here.models.reply = once(may_answer.is_set)
    before = await cost(here)
    await second_read(here.outrider, here.draft.id, within=timedelta(seconds=0.1))
    [waiting] = reading.LATE
    await asyncio.sleep(0)  # it waits now, so its end is the end of the request as well
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    may_answer.set()
    assert await cost(here) == before + second.SECOND_READ_TASK.max_cost_usd


async def test_a_judge_that_says_nothing_of_use_costs_its_mail_all_the_same(here: Scene) -> None:
    await here.adopt(always(is_on=False))
    here.models.prose = "A fine mail."
    before = await cost(here)
    made = await review(here.outrider, here.draft.id)
    assert made is not None
    assert made.closed_at is None, "nobody judged it, so a person decides"
    spent = await cost(here)
    assert spent > before
    async with here.outrider.begin()() as tx:
        assert await judge.scores_of(tx, here.draft.id) is None
        events = await tx.rows(
            "select body from outrider.audit_events where action = 'drafts.spend'"
        )
    told = [Decimal(json.loads(one["body"])["cost_usd"]) for one in events]
    assert told == [spent - before]
