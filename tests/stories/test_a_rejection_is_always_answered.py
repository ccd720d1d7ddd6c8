"""A rejection is answered by one new version, whatever dies in between and whoever is quicker."""

from __future__ import annotations

import asyncio

import pytest

from outrider.app.jobs.rewrite import answer_left_over, rewrite, rewrite_job
from outrider.app.wiring import Outrider
from outrider.campaigns import enrol
from outrider.campaigns.types import StopReason
from outrider.drafts import decide, read
from outrider.drafts.types import Draft, DraftStatus
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Conflict
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.jobs import Job
from tests.drafts_world import World, build, offline_draft

JOBS = (
    "select task_name, lock, args from jobs.procrastinate_jobs"
    " where task_name = 'drafts.rewrite' order by id"
)


@pytest.fixture
async def world(database: Database, workspace: WorkspaceId, person: PersonId) -> World:
    async with database.transaction(workspace, SYSTEM) as tx:
        return await build(tx)


@pytest.fixture
async def rejected(outrider: Outrider, world: World, person: PersonId) -> Draft:
    async with outrider.begin()() as tx:
        draft = await offline_draft(tx, world)
    async with outrider.begin()() as tx:
        return await decide.reject(tx, draft.id, person, "shorter, please")


async def versions(outrider: Outrider, draft: Draft) -> list[tuple[int, DraftStatus]]:
    async with outrider.begin()() as tx:
        return [(one.version, one.status) for one in await read.lineage(tx, draft.lineage_id)]


BOTH = [(1, DraftStatus.REJECTED), (2, DraftStatus.PENDING)]


async def test_the_rejection_and_its_job_are_one_transaction(
    outrider: Outrider, rejected: Draft
) -> None:
    async with outrider.database.connection() as conn:
        [job] = (await conn.exec_driver_sql(JOBS)).mappings().all()
    assert job["task_name"] == "drafts.rewrite"
    assert job["args"]["args"] == {"draft_id": str(rejected.id)}
    assert job["lock"] == f"{outrider.workspace}:lineage:{rejected.lineage_id}"


async def test_a_rejection_that_did_not_happen_starts_no_job(
    outrider: Outrider, world: World, person: PersonId
) -> None:
    async with outrider.begin()() as tx:
        draft = await offline_draft(tx, world)
        undo = await tx.conn.begin_nested()
        await decide.reject(tx, draft.id, person, "shorter, please")
        await undo.rollback()
    async with outrider.database.connection() as conn:
        assert (await conn.exec_driver_sql(JOBS)).mappings().all() == []


async def test_the_next_run_answers_a_rejection_whose_process_died(
    outrider: Outrider, rejected: Draft
) -> None:
    assert await versions(outrider, rejected) == BOTH[:1]
    [written] = await answer_left_over(outrider)
    assert written.parent_id == rejected.id
    assert await versions(outrider, rejected) == BOTH
    assert await answer_left_over(outrider) == []


async def test_a_command_and_the_job_at_once_make_one_version_and_neither_fails(
    outrider: Outrider, rejected: Draft
) -> None:
    written = await asyncio.gather(*(rewrite(outrider, rejected.id) for _ in range(6)))
    assert {one.id for one in written} == {written[0].id}
    job = Job(
        "drafts.rewrite", outrider.workspace, "lineage:1", {"draft_id": str(rejected.id)}, "test"
    )
    await rewrite_job(outrider, job)
    assert await versions(outrider, rejected) == BOTH


async def test_twenty_decisions_at_once_on_one_draft_are_one_decision(
    outrider: Outrider, world: World, person: PersonId
) -> None:
    async with outrider.begin()() as tx:
        draft = await offline_draft(tx, world)

    async def say(number: int) -> str:
        try:
            async with outrider.begin()() as tx:
                if number % 3 == 0:
                    return (await decide.approve(tx, draft.id, person)).status
                if number % 3 == 1:
                    return (await decide.reject(tx, draft.id, person, f"note {number}")).status
                await decide.edit(tx, draft.id, person, body=f"{draft.body}\n\nNumber {number}?")
                return DraftStatus.SUPERSEDED
        except Conflict:
            return "late"

    said = await asyncio.gather(*(say(number) for number in range(20)))
    [first] = [word for word in said if word != "late"]
    async with outrider.begin()() as tx:
        lineage = await read.lineage(tx, draft.lineage_id)
        rows = await tx.rows("select kind from outrider.decisions")
    assert len(rows) == 1
    assert lineage[0].status == first
    assert len(lineage) == (2 if first == DraftStatus.SUPERSEDED else 1)


async def test_nobody_who_answered_meanwhile_gets_a_new_version(
    outrider: Outrider, rejected: Draft, world: World
) -> None:
    async with outrider.begin()() as tx:
        await enrol.stop(tx, contact_id=world.contact.id, reason=StopReason.REPLIED)
    assert await answer_left_over(outrider) == []
    with pytest.raises(Conflict, match="needs no new version"):
        await rewrite(outrider, rejected.id)
    job = Job(
        "drafts.rewrite", outrider.workspace, "lineage:1", {"draft_id": str(rejected.id)}, "test"
    )
    await rewrite_job(outrider, job)
    assert await versions(outrider, rejected) == BOTH[:1]
