"""Test drafts look like any other, are never sent, teach nothing, and tell at once whether they were read."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from outrider.app.jobs.rewrite import answer_left_over
from outrider.app.views import drafts as view
from outrider.app.wiring import Outrider
from outrider.drafts import decide, handover, read
from outrider.drafts.review import reviewers, route, seed
from outrider.drafts.review.types import Action
from outrider.drafts.types import DecidedBy, Draft, DraftStatus
from outrider.guardrails.types import Severity
from outrider.kernel import access
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Conflict, InvalidInput, Refused
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from tests.review_world import CLOCK, actor, adopt, always, fresh


@pytest.fixture
async def drafts(database: Database, workspace: WorkspaceId) -> list[Draft]:
    return await fresh(database, workspace, 3)


@pytest.fixture
async def planted(database: Database, workspace: WorkspaceId, drafts: list[Draft]) -> Draft:
    async with database.transaction(workspace, CLOCK) as tx:
        made = await seed.plant(tx, drafts[0].id)
        assert made is not None
        await route.route(tx, made)
    return made


async def outcome(database: Database, workspace: WorkspaceId) -> dict[str, Any]:
    async with database.transaction(workspace, SYSTEM) as tx:
        [row] = await tx.rows("select outcome, person_id, fault from outrider.seeds")
    return dict(row)


async def test_a_test_draft_looks_like_the_others_until_it_is_decided(
    database: Database, workspace: WorkspaceId, person: PersonId, planted: Draft
) -> None:
    async with database.transaction(workspace, actor(person)) as tx:
        member = await access.member(tx, person)
        shown = await view.listing(tx, status="pending", member=member)
    [test] = [one for one in shown if one["id"] == str(planted.id)]
    [real] = [one for one in shown if one["contact_id"] == test["contact_id"] and one is not test]
    assert set(test) == set(real)
    assert test["was_test"] is False
    differs = {key for key in test if test[key] != real[key]}
    assert differs <= {"id", "number", "subject", "body", "text", "html", "content_hash",
                       "lineage_id", "claims", "created_at"}  # fmt: skip
    assert test["body"] != real["body"]
    assert test["can"] == real["can"]


async def test_who_approves_it_is_told_at_once_and_nothing_leaves(
    database: Database, workspace: WorkspaceId, person: PersonId, planted: Draft
) -> None:
    async with database.transaction(workspace, actor(person)) as tx:
        done = await decide.approve(tx, planted.id, person, planted.content_hash)
    assert done.status is DraftStatus.WITHDRAWN
    assert done.note is not None
    assert done.note.startswith("This was a test draft: it ")
    assert (await outcome(database, workspace))["outcome"] == "missed"
    async with database.transaction(workspace, SYSTEM) as tx:
        assert await handover.take(tx, 10, now=True) == []
        assert await read.decided(tx) == []
        shown = await view.one(tx, planted.id)
    assert shown is not None
    assert shown["was_test"]
    with pytest.raises(Conflict, match=r"is withdrawn \(This was a test draft"):
        async with database.transaction(workspace, actor(person)) as tx:
            await decide.approve(tx, planted.id, person)


async def test_who_rejects_or_edits_it_caught_it_and_nothing_is_written_anew(
    database: Database,
    workspace: WorkspaceId,
    person: PersonId,
    drafts: list[Draft],
    objects: Objects,
    keys: Keys,
    clock: VirtualClock,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with database.transaction(workspace, CLOCK) as tx:
        first = await seed.plant(tx, drafts[0].id)
        second = await seed.plant(tx, drafts[1].id)
    assert first is not None
    assert second is not None
    async with database.transaction(workspace, actor(person)) as tx:
        rejected = await decide.reject(tx, first.id, person, "the figure is wrong")
        edited = await decide.edit(tx, second.id, person, body="Hi Dana, who reads your leases?")
        assert (rejected.status, edited.status) == (DraftStatus.REJECTED, DraftStatus.SUPERSEDED)
        assert edited.id == second.id
        assert "you caught it" in str(edited.note)
        jobs = await tx.rows(
            "select 1 from jobs.procrastinate_jobs where task_name = 'drafts.rewrite'"
        )
        assert jobs == []
        assert len(await read.listing(tx)) == 5
        [line] = await reviewers.report(tx, tx.now - timedelta(days=1))
        assert (line.tests_caught, line.tests_missed, line.decisions) == (2, 0, 0)
    home = tmp_path_factory.mktemp("home")
    outrider = Outrider(load(home=home), clock, database, objects, keys, workspace, "test")
    assert await answer_left_over(outrider) == []


async def test_its_real_draft_is_decided_as_if_there_were_none(
    database: Database,
    workspace: WorkspaceId,
    person: PersonId,
    drafts: list[Draft],
    planted: Draft,
) -> None:
    async with database.transaction(workspace, actor(person)) as tx:
        approved = await decide.approve(tx, drafts[0].id, person)
        assert approved.status is DraftStatus.APPROVED
        assert [item.draft.id for item in await handover.take(tx, 10, now=True)] == [drafts[0].id]
        # The test waits on.
        assert (await read.find(tx, str(planted.id))).status is DraftStatus.PENDING


async def test_the_database_sends_no_test_draft(
    database: Database, workspace: WorkspaceId, planted: Draft
) -> None:
    for status in ("approved", "queued", "sent"):
        with pytest.raises(IntegrityError, match="ck_drafts_seed"):
            async with database.transaction(workspace, SYSTEM) as tx:
                await tx.run(
                    f"update outrider.drafts set status = '{status}' where id = :id",
                    {"id": planted.id},
                )


async def test_no_policy_and_no_clock_approves_a_test(
    database: Database, workspace: WorkspaceId
) -> None:
    await adopt(database, workspace, always(Action.AUTO_APPROVE), auto_approve=True)
    [draft] = await fresh(database, workspace, 1)
    async with database.transaction(workspace, CLOCK) as tx:
        made = await seed.plant(tx, draft.id)
        assert made is not None
        review = await route.route(tx, made)
    for by in (DecidedBy.POLICY, DecidedBy.TIMEOUT):
        with pytest.raises(Refused, match="needs a person"):
            async with database.transaction(workspace, CLOCK) as tx:
                await decide.approve_by(tx, made.id, by, review.policy_id, "")


async def test_the_share_is_the_policy_s_and_each_draft_gets_one_test_at_most(
    database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    async with database.transaction(workspace, CLOCK) as tx:
        assert await seed.plant_share(tx) == []
    await adopt(database, workspace, guard={"seeded": Decimal("0.2")})
    drafts = await fresh(database, workspace, 40)
    async with database.transaction(workspace, CLOCK) as tx:
        first = await seed.plant_share(tx)
        assert await seed.plant_share(tx) == []
        [row] = await tx.rows("select count(distinct source_id) as sources from outrider.seeds")
    assert row["sources"] == len(first)
    assert 2 <= len(first) <= 18
    assert all(one.is_seed for one in first)
    assert not {one.id for one in first} & {one.id for one in drafts}


async def test_a_draft_that_is_not_green_or_a_test_itself_is_not_copied(
    database: Database, workspace: WorkspaceId, person: PersonId, planted: Draft
) -> None:
    async with database.transaction(workspace, CLOCK) as tx:
        with pytest.raises(InvalidInput, match="cannot be copied as a test"):
            await seed.plant(tx, planted.id)
    async with database.transaction(workspace, actor(person)) as tx:
        [_, second, _, *_] = await read.listing(tx)
        bad = await decide.edit(
            tx, second.id, person, body=f"{second.body}\n\nYou owe $9.9 billion."
        )
        assert {item.severity for item in bad.findings} >= {Severity.BLOCK}
        with pytest.raises(InvalidInput, match="cannot be copied as a test"):
            await seed.plant(tx, bad.id)


async def test_a_test_nobody_decides_is_retired(
    database: Database, workspace: WorkspaceId, planted: Draft, clock: VirtualClock
) -> None:
    clock.advance(timedelta(days=8))
    async with database.transaction(workspace, CLOCK) as tx:
        assert await seed.retire(tx) == [planted.id]
        assert await seed.retire(tx) == []
        assert (await read.find(tx, str(planted.id))).status is DraftStatus.WITHDRAWN
    assert (await outcome(database, workspace))["outcome"] == "retired"
