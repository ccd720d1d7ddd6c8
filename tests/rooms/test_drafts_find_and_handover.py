"""Drafts are found by what people type, written once a step, and handed over once."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from outrider.drafts import decide, handover, read, rewrite, write
from outrider.drafts.rules import content_hash
from outrider.drafts.types import DraftStatus
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind, Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.vendors.offline_writer.writer import OfflineWriter
from tests.drafts_world import answer, build, claim, offline_draft, sender

AGENT = Actor(ActorKind.AGENT, "sdr")


async def test_a_draft_is_found_by_number_id_and_the_beginning_of_its_id(tx: Tx) -> None:
    draft = await offline_draft(tx, await build(tx))
    for ref in (str(draft.number), f"#{draft.number}", str(draft.id), f" {draft.id.hex} ".upper()):
        assert (await read.find(tx, ref)).id == draft.id
    assert (await read.find(tx, str(draft.id)[:23])).id == draft.id


async def test_what_names_no_draft_gets_a_plain_sentence(tx: Tx) -> None:
    await offline_draft(tx, await build(tx))
    for ref in ("x", "", "018f", "zzzzzzzzzz", "1.5", "draft 3"):
        with pytest.raises(InvalidInput, match="names no draft"):
            await read.find(tx, ref)
    for ref in ("999999", str(UUID(int=3)), "ffffffff"):
        with pytest.raises(NotFound, match="There is no draft"):
            await read.find(tx, ref)


async def test_the_beginning_of_two_ids_is_not_guessed_at(tx: Tx) -> None:
    world = await build(tx)
    first, second = [await offline_draft(tx, world, step) for step in (1, 2)]
    # Ids of one instant begin alike: their first twelve digits are its milliseconds (RFC 9562).
    with pytest.raises(
        InvalidInput, match=rf"Several ids .* number \({first.number}, {second.number}"
    ):
        await read.find(tx, first.id.hex[:12])


async def test_drafts_are_listed_by_status_and_campaign_oldest_first(
    tx: Tx, person: PersonId
) -> None:
    world = await build(tx)
    first = await offline_draft(tx, world)
    await decide.reject(tx, first.id, person, "shorter")
    second = await offline_draft(tx, world)
    assert [d.id for d in await read.listing(tx)] == [first.id, second.id]
    assert [d.id for d in await read.listing(tx, "pending")] == [second.id]
    assert [
        d.id for d in await read.listing(tx, campaign=world.campaign.id, limit=1, offset=1)
    ] == [second.id]
    assert await read.listing(tx, campaign=UUID(int=1)) == []
    with pytest.raises(InvalidInput, match="There is no status 'done'"):
        await read.listing(tx, "done")


async def test_a_step_has_one_open_draft(tx: Tx) -> None:
    world = await build(tx)
    first = await offline_draft(tx, world)
    with pytest.raises(Conflict, match=f"has a draft already: draft {first.number} is pending"):
        await offline_draft(tx, world)
    assert len(await read.listing(tx)) == 1


async def test_the_agent_may_write_pending_drafts_and_do_nothing_else_to_them(
    database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        world = await build(tx)
    async with database.transaction(workspace, AGENT, role=Role.AGENT) as tx:
        draft = await offline_draft(tx, world)
        assert draft.actor == "agent:sdr"
    async with database.transaction(workspace, AGENT, role=Role.AGENT) as tx:
        with pytest.raises(NotAllowed, match="The agent sdr may not decide; a person decides"):
            await decide.approve(tx, draft.id, person)
    async with database.transaction(workspace, SYSTEM, role=Role.AGENT) as tx:
        with pytest.raises(DBAPIError, match="permission denied"):
            await decide.approve(tx, draft.id, person)
    async with database.transaction(workspace, AGENT, role=Role.AGENT) as tx:
        with pytest.raises(DBAPIError, match="permission denied"):
            await tx.run("update outrider.drafts set status = 'approved'")
    async with database.transaction(workspace, SYSTEM) as tx:
        assert (await read.find(tx, str(draft.number))).status is DraftStatus.PENDING


async def test_approved_drafts_are_handed_over_once(
    database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        world = await build(tx)
        drafts = [await offline_draft(tx, world, step) for step in (1, 2, 3)]
        for draft in drafts[:2]:
            await decide.approve(tx, draft.id, person)

    async def taker() -> list[UUID]:
        async with database.transaction(workspace, SYSTEM) as tx:
            taken = await handover.take(tx, 1, now=True)
            await asyncio.sleep(0.05)
            return [item.draft.id for item in taken]

    taken = await asyncio.gather(*[taker() for _ in range(4)])
    handed = [item for batch in taken for item in batch]
    assert sorted(handed) == sorted(draft.id for draft in drafts[:2])
    async with database.transaction(workspace, SYSTEM) as tx:
        assert (await read.find(tx, str(drafts[0].number))).status is DraftStatus.QUEUED
        assert await handover.take(tx, 10, now=True) == []


async def test_a_status_alone_hands_nothing_over(tx: Tx) -> None:
    draft = await offline_draft(tx, await build(tx))
    await tx.run("update outrider.drafts set status = 'approved' where id = :id", {"id": draft.id})
    assert await handover.take(tx, 10, now=True) == []
    assert await handover.current(tx, [draft.id]) == []


async def test_only_the_named_mailbox_s_drafts_are_handed_over(tx: Tx, person: PersonId) -> None:
    draft = await offline_draft(tx, await build(tx))
    await decide.approve(tx, draft.id, person)
    assert await handover.take(tx, 10, UUID(int=1), now=True) == []
    [item] = await handover.take(tx, 10, sender().mailbox_id, now=True)
    assert item.draft.status is DraftStatus.QUEUED
    assert item.approved_hash == content_hash(item.draft.content)


async def test_the_sender_sees_when_a_text_was_changed_after_the_approval(
    tx: Tx, person: PersonId
) -> None:
    draft = await offline_draft(tx, await build(tx))
    await decide.approve(tx, draft.id, person)
    await handover.take(tx, 10, now=True)
    [fine] = await handover.current(tx, [draft.id])
    assert fine.draft.content_hash == fine.approved_hash
    await tx.run("update outrider.drafts set subject = 'Other' where id = :id", {"id": draft.id})
    [changed] = await handover.current(tx, [draft.id])
    assert changed.draft.content_hash != changed.approved_hash


async def test_a_withdrawn_draft_is_not_sent_and_a_sent_one_not_withdrawn(
    tx: Tx, person: PersonId
) -> None:
    world = await build(tx)
    first, second = [await offline_draft(tx, world, step) for step in (1, 2)]
    for draft in (first, second):
        await decide.approve(tx, draft.id, person)
    await handover.take(tx, 10, now=True)
    assert await handover.withdraw(tx, [first.id], "the person replied") == [first.id]
    assert await handover.mark_sent(tx, [first.id, second.id]) == [second.id]
    assert await handover.withdraw(tx, [first.id, second.id], "again") == []
    assert await handover.mark_sent(tx, []) == []
    withdrawn = await read.find(tx, str(first.id))
    assert (withdrawn.status, withdrawn.note) == (DraftStatus.WITHDRAWN, "the person replied")
    with pytest.raises(
        Conflict, match=r"Ann Reed approved draft \d+ at 15:00 UTC\. It is withdrawn\."
    ):
        await decide.approve(tx, first.id, person)


async def test_a_reply_takes_back_every_unsent_draft_of_the_enrollment(
    tx: Tx, person: PersonId
) -> None:
    world = await build(tx)
    drafts = [await offline_draft(tx, world, step) for step in (1, 2)]
    await decide.approve(tx, drafts[0].id, person)
    taken = await handover.withdraw_open(tx, [world.enrollment.id], "the person replied")
    assert set(taken) == {draft.id for draft in drafts}
    with pytest.raises(Conflict, match=r"is withdrawn \(the person replied\)"):
        await decide.approve(tx, drafts[1].id, person)


async def test_a_rewrite_answers_only_a_rejected_draft_and_only_once(
    tx: Tx, person: PersonId
) -> None:
    world = await build(tx)
    draft = await offline_draft(tx, world)
    with pytest.raises(Conflict, match="is pending; only a rejected one"):
        await rewrite.request(tx, draft, world.request())
    rejected = await decide.reject(tx, draft.id, person, "shorter")
    question = await rewrite.request(tx, rejected, world.request())
    assert question.note == "shorter"
    given = await OfflineWriter().ask(rewrite.REWRITE_TASK, question)
    second = await rewrite.save(tx, rejected, question, given)
    with pytest.raises(Conflict, match=f"was rewritten already: see draft {second.number}"):
        await rewrite.save(tx, rejected, question, given)
    with pytest.raises(Conflict, match=rf"Draft {second.number} replaced it and is pending"):
        await decide.approve(tx, draft.id, person)


async def test_a_writer_s_false_claim_is_kept_as_a_finding(tx: Tx) -> None:
    world = await build(tx)
    body = (
        "Hi Dana,\n\nWho reads the lease amendments at Harbor Outfitters today, and who checks "
        "them after that? I'd like to know how it goes."
    )
    fact = world.dossier.facts[0]
    draft = await write.save(
        tx,
        world.enrollment,
        world.request(),
        answer("Lease terms at Harbor", body, claim("$5 billion", fact)),
    )
    assert [item.check for item in draft.blocked_by] == ["claim_span"]
