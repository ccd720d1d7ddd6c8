"""A rejection with a note gives a version that follows the note, and keeps every link (A-38, A-42)."""

from __future__ import annotations

import re

from outrider.drafts import decide, handover, read, rewrite
from outrider.drafts.types import Draft, DraftStatus
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.vendors.offline_writer.writer import OfflineWriter
from tests.drafts_world import World, build, offline_draft

AGENT = Actor(ActorKind.AGENT, "sdr")


async def rejected_and_rewritten(
    database: Database,
    workspace: WorkspaceId,
    world: World,
    draft: Draft,
    person: PersonId,
    note: str,
) -> Draft:
    """The way of the product: a decision, a question, an answer outside any transaction, a version."""
    async with database.transaction(workspace, Actor(ActorKind.PERSON, str(person))) as tx:
        rejected = await decide.reject(tx, draft.id, person, note)
    async with database.transaction(workspace, AGENT, role=Role.AGENT) as tx:
        question = await rewrite.request(tx, rejected, world.request())
    given = await OfflineWriter().ask(rewrite.REWRITE_TASK, question)
    async with database.transaction(workspace, AGENT, role=Role.AGENT) as tx:
        return await rewrite.save(tx, rejected, question, given)


async def test_the_note_is_followed_and_the_version_goes_out(
    database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        world = await build(tx)
        first = await offline_draft(tx, world)
    note = "shorter, and do not open with filing data"
    second = await rejected_and_rewritten(database, workspace, world, first, person, note)

    assert len(second.body.split()) < len(first.body.split())
    assert not re.search(r"[$\d]|annual report", second.body.split("\n\n")[1])
    assert (second.status, second.version, second.parent_id) == (DraftStatus.PENDING, 2, first.id)
    for name in ("lineage_id", "enrollment_id", "campaign_id", "account_id", "contact_id", "step"):
        assert getattr(second, name) == getattr(first, name)
    assert second.content.recipient == first.content.recipient
    assert second.content.sender == first.content.sender
    assert second.blocked_by == ()

    async with database.transaction(workspace, SYSTEM) as tx:
        await decide.approve(tx, second.id, person, second.content_hash)
        [item] = await handover.take(tx, 10, now=True)
    assert item.draft.id == second.id


async def test_a_chain_of_four_rejections_never_repeats_itself(
    database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        world = await build(tx)
        draft = await offline_draft(tx, world)
    first = draft
    bodies = [draft.body]
    for note in ("other angle", "less formal", "try again", "wrong angle, shorter"):
        draft = await rejected_and_rewritten(database, workspace, world, draft, person, note)
        assert draft.blocked_by == ()
        bodies.append(draft.body)
    assert len(set(bodies)) == 5
    async with database.transaction(workspace, SYSTEM) as tx:
        lineage = await read.lineage(tx, first.id)
    assert [item.version for item in lineage] == [1, 2, 3, 4, 5]
    assert [item.status for item in lineage] == [DraftStatus.REJECTED] * 4 + [DraftStatus.PENDING]


async def test_what_the_note_asked_in_vain_is_shown_on_the_version(
    database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        world = await build(tx)
        first = await offline_draft(tx, world)
    second = await rejected_and_rewritten(
        database, workspace, world, first, person, "shorter; quote their press release of last week"
    )
    assert second.note is not None
    assert "quote their press release of last week" in second.note
