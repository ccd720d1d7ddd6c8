"""Two people click at the same moment: one approval is made, the other learns by whom."""

from __future__ import annotations

import asyncio
from uuid import UUID

from outrider.drafts import decide, read
from outrider.drafts.types import Draft
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import Actor, ActorKind
from outrider.kernel.errors import Conflict
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.conftest import add_person
from tests.drafts_world import build, offline_draft


async def click(
    database: Database, workspace: WorkspaceId, draft_id: UUID, person: PersonId
) -> Draft | Conflict:
    try:
        async with database.transaction(workspace, Actor(ActorKind.PERSON, str(person))) as tx:
            return await decide.approve(tx, draft_id, person)
    except Conflict as conflict:
        return conflict


async def test_eight_clicks_of_two_people_approve_once(
    database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    bob = await add_person(database, workspace, "Bob Lane", "bob@brand.example")
    async with database.transaction(workspace, Actor(ActorKind.SYSTEM, "test")) as tx:
        draft = await offline_draft(tx, await build(tx))
    results = await asyncio.gather(
        *[click(database, workspace, draft.id, who) for who in (person, bob) * 4]
    )
    approvals = [item for item in results if isinstance(item, Draft)]
    refusals = [item for item in results if isinstance(item, Conflict)]
    assert len(approvals) == 1
    assert len(refusals) == 7
    async with database.transaction(workspace, Actor(ActorKind.SYSTEM, "test")) as tx:
        decision = await read.decision(tx, draft.id)
        events = await tx.rows(
            "select actor from outrider.audit_events where action = 'drafts.approve'"
        )
    assert decision is not None
    assert decision.person_id is not None
    winner = {person: "Ann Reed", bob: "Bob Lane"}[decision.person_id]
    assert [row["actor"] for row in events] == [f"person:{decision.person_id}"]
    for refusal in refusals:
        assert refusal.message == f"{winner} approved draft {draft.number} at 15:00 UTC."


async def test_an_approval_and_a_rejection_at_once_leave_one_of_them(
    database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    async with database.transaction(workspace, Actor(ActorKind.SYSTEM, "test")) as tx:
        draft = await offline_draft(tx, await build(tx))

    async def reject() -> Draft | Conflict:
        try:
            async with database.transaction(workspace, Actor(ActorKind.PERSON, str(person))) as tx:
                return await decide.reject(tx, draft.id, person, "shorter")
        except Conflict as conflict:
            return conflict

    results = await asyncio.gather(click(database, workspace, draft.id, person), reject())
    [kept] = [item for item in results if isinstance(item, Draft)]
    async with database.transaction(workspace, Actor(ActorKind.SYSTEM, "test")) as tx:
        stored = await read.find(tx, str(draft.id))
        count = await tx.rows("select id from outrider.decisions")
    assert stored.status is kept.status
    assert len(count) == 1
