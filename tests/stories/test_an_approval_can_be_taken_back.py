"""An approval can be taken back while nothing left; either it leaves or it is taken back, never both."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from outrider.drafts import decide, handover, read
from outrider.drafts.types import DecisionKind, Draft, DraftStatus
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.errors import Conflict, NotAllowed
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.conftest import add_person
from tests.drafts_world import build, offline_draft
from tests.review_world import actor, adopt, fresh


async def test_a_draft_that_is_taken_back_waits_again_with_the_same_words(
    tx: Tx, person: PersonId
) -> None:
    draft = await offline_draft(tx, await build(tx))
    approved = await decide.approve(tx, draft.id, person)
    assert approved.released_at == tx.now + timedelta(seconds=30)
    assert await handover.take(tx, 10) == []
    again = await decide.take_back(tx, draft.id, person)
    assert (again.status, again.version, again.parent_id) == (DraftStatus.PENDING, 2, draft.id)
    assert (again.content_hash, again.writer) == (draft.content_hash, draft.writer)
    assert again.note == "Ann Reed took the approval back at 15:00 UTC."
    assert (await read.find(tx, str(draft.id))).status is DraftStatus.SUPERSEDED
    made = await read.decision(tx, draft.id)
    assert made is not None
    assert made.kind is DecisionKind.APPROVE
    assert await handover.take(tx, 10, now=True) == []
    events = await tx.rows(
        "select body::jsonb->>'person' as person from outrider.audit_events"
        " where action = 'drafts.take_back'"
    )
    assert [row["person"] for row in events] == [str(person)]
    # What was taken back teaches nothing.
    assert await read.decided(tx) == []
    assert (await decide.approve(tx, again.id, person)).status is DraftStatus.APPROVED


async def test_after_its_time_the_draft_leaves_and_cannot_be_taken_back(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> None:
    [draft] = await fresh(database, workspace, 1)
    async with database.transaction(workspace, actor(person)) as tx:
        await decide.approve(tx, draft.id, person)
        assert [one.id for one in await handover.held(tx)] == [draft.id]
    clock.advance(timedelta(seconds=30))
    async with database.transaction(workspace, actor(person)) as tx:
        with pytest.raises(Conflict, match=r"The time to take the approval back ended at 15:00:30"):
            await decide.take_back(tx, draft.id, person)
        assert await handover.held(tx) == []
        [item] = await handover.take(tx, 10)
        with pytest.raises(Conflict, match="It is queued"):
            await decide.take_back(tx, draft.id, person)
    assert item.draft.id == draft.id


async def test_now_does_not_wait(tx: Tx, person: PersonId) -> None:
    draft = await offline_draft(tx, await build(tx))
    await decide.approve(tx, draft.id, person)
    [item] = await handover.take(tx, 10, now=True)
    assert item.draft.id == draft.id
    with pytest.raises(Conflict, match="It is queued"):
        await decide.take_back(tx, draft.id, person)


async def test_what_is_not_approved_is_not_taken_back(
    tx: Tx, database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    draft = await offline_draft(tx, await build(tx))
    with pytest.raises(Conflict, match="there is no approval to take back"):
        await decide.take_back(tx, draft.id, person)
    await decide.approve(tx, draft.id, person)
    viewer = await add_person(database, workspace, "Vic Low", "vic@brand.example", role="viewer")
    with pytest.raises(NotAllowed, match="Vic Low is viewer"):
        await decide.take_back(tx, draft.id, viewer)
    await decide.take_back(tx, draft.id, person)
    with pytest.raises(Conflict, match=r"replaced it and is pending"):
        await decide.take_back(tx, draft.id, person)


async def test_how_long_it_can_be_taken_back_is_policy(
    database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    await adopt(database, workspace, guard={"undo": timedelta(0)})
    [draft] = await fresh(database, workspace, 1)
    async with database.transaction(workspace, actor(person)) as tx:
        await decide.approve(tx, draft.id, person)
        assert len(await handover.take(tx, 10)) == 1


async def test_undo_and_drain_at_once_have_one_winner(
    database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    """Forty drafts, each with two people taking it back while two senders take all that there is."""
    drafts = await fresh(database, workspace, 40)
    async with database.transaction(workspace, actor(person)) as tx:
        for draft in drafts:
            await decide.approve(tx, draft.id, person)

    async def undo(draft: Draft) -> bool:
        try:
            async with database.transaction(workspace, actor(person)) as tx:
                await decide.take_back(tx, draft.id, person)
        except Conflict:
            return False
        return True

    async def drain() -> list[Draft]:
        taken: list[Draft] = []
        for _ in range(30):
            async with database.transaction(workspace, SYSTEM) as tx:
                taken += [item.draft for item in await handover.take(tx, 2, now=True)]
        return taken

    first, second, *undone = await asyncio.gather(
        drain(), drain(), *(undo(draft) for draft in reversed(drafts) for _ in range(2))
    )
    assert isinstance(first, list)
    assert isinstance(second, list)
    left = {draft.id for draft in (*first, *second)}
    back = [draft.id for draft, won in zip(reversed(drafts), undone[::2], strict=True) if won]
    back += [draft.id for draft, won in zip(reversed(drafts), undone[1::2], strict=True) if won]
    assert len(back) == len(set(back))
    assert left.isdisjoint(back)
    assert left | set(back) == {draft.id for draft in drafts}
    async with database.transaction(workspace, SYSTEM) as tx:
        for draft in drafts:
            versions = [one.status for one in await read.lineage(tx, draft.lineage_id)]
            gone = [DraftStatus.QUEUED]
            here = [DraftStatus.SUPERSEDED, DraftStatus.PENDING]
            assert versions == (gone if draft.id in left else here)
