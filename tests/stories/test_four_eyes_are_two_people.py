"""Where a policy asks for two approvals, one person never is two, and an edit begins anew."""

from __future__ import annotations

import asyncio

import pytest

from outrider.drafts import decide, handover, read
from outrider.drafts.review.types import Action
from outrider.drafts.types import Draft, DraftStatus
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM
from outrider.kernel.errors import Conflict
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.conftest import add_person
from tests.review_world import actor, adopt, always, fresh


@pytest.fixture
async def bob(database: Database, workspace: WorkspaceId) -> PersonId:
    return await add_person(database, workspace, "Bob Lane", "bob@brand.example")


@pytest.fixture
async def draft(database: Database, workspace: WorkspaceId) -> Draft:
    await adopt(database, workspace, always(Action.REVIEW, approvals=2))
    [draft] = await fresh(database, workspace, 1)
    return draft


async def approve(
    database: Database, workspace: WorkspaceId, draft: Draft, who: PersonId
) -> DraftStatus:
    async with database.transaction(workspace, actor(who)) as tx:
        return (await decide.approve(tx, draft.id, who)).status


async def test_the_second_person_decides(
    database: Database, workspace: WorkspaceId, person: PersonId, bob: PersonId, draft: Draft
) -> None:
    assert await approve(database, workspace, draft, person) is DraftStatus.PENDING
    with pytest.raises(Conflict, match="You approved it at 15:00 UTC; one more approval is needed"):
        await approve(database, workspace, draft, person)
    assert await approve(database, workspace, draft, bob) is DraftStatus.APPROVED
    async with database.transaction(workspace, SYSTEM) as tx:
        made = await read.decision(tx, draft.id)
        names = await tx.rows("select person_id from outrider.approvals order by approved_at")
        actions = await tx.rows(
            "select action, actor from outrider.audit_events where action like 'drafts.approve%'"
            " order by id"
        )
    assert made is not None
    assert made.person_id == bob
    assert {row["person_id"] for row in names} == {person, bob}
    assert {(row["action"], row["actor"]) for row in actions} == {
        ("drafts.approve_one_of_two", f"person:{person}"),
        ("drafts.approve_one_of_two", f"person:{bob}"),
        ("drafts.approve", f"person:{bob}"),
    }


async def test_an_edit_ends_the_approvals_given_so_far(
    database: Database, workspace: WorkspaceId, person: PersonId, bob: PersonId, draft: Draft
) -> None:
    await approve(database, workspace, draft, person)
    async with database.transaction(workspace, actor(bob)) as tx:
        edited = await decide.edit(tx, draft.id, bob, subject="Leases at Harbor")
    assert await approve(database, workspace, edited, bob) is DraftStatus.PENDING
    assert await approve(database, workspace, edited, person) is DraftStatus.APPROVED


async def test_ten_clicks_of_two_people_at_once_are_two_approvals_and_one_decision(
    database: Database, workspace: WorkspaceId, person: PersonId, bob: PersonId, draft: Draft
) -> None:
    said = await asyncio.gather(
        *(approve(database, workspace, draft, who) for who in (person, bob) * 5),
        return_exceptions=True,
    )
    assert said.count(DraftStatus.PENDING) == 1
    assert said.count(DraftStatus.APPROVED) == 1
    assert sum(isinstance(item, Conflict) for item in said) == 8
    async with database.transaction(workspace, SYSTEM) as tx:
        assert len(await tx.rows("select id from outrider.decisions")) == 1
        assert len(await tx.rows("select id from outrider.approvals")) == 2
        assert len(await handover.take(tx, 10, now=True)) == 1


async def test_one_approval_hands_nothing_over(
    database: Database, workspace: WorkspaceId, person: PersonId, draft: Draft
) -> None:
    await approve(database, workspace, draft, person)
    async with database.transaction(workspace, SYSTEM) as tx:
        assert await handover.take(tx, 10, now=True) == []
        assert await read.decision(tx, draft.id) is None
