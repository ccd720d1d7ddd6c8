"""Put aside, opened, changed, counted: what surrounds a decision is kept as it was."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from outrider.app.views import drafts as view
from outrider.drafts import decide, handover, read, rewrite, write
from outrider.drafts.review import reviewers, route
from outrider.drafts.review.look import look
from outrider.drafts.states import TABLE
from outrider.drafts.types import DraftStatus, RejectCategory
from outrider.kernel import access
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotAllowed
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.conftest import add_person
from tests.drafts_world import answer, build, offline_draft
from tests.review_world import actor, adopt, fresh


async def test_what_is_put_aside_leaves_the_listing_and_comes_back_on_time(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> None:
    first, second = await fresh(database, workspace, 2)
    async with database.transaction(workspace, actor(person)) as tx:
        before = await route.review_of(tx, first.id)
        until = tx.now + timedelta(hours=2)
        review = await decide.snooze(tx, first.id, person, until)
        assert before is not None
        assert (review.snoozed_until, review.snoozed_by) == (until, person)
        assert review.due_at == before.due_at
        listed = await view.listing(tx, status="pending", snoozed=False)
        assert [one["number"] for one in listed] == [second.number]
        assert len(await view.listing(tx, status="pending")) == 2
        # Aside is not decided: it can be approved all the same.
        assert (await view.one(tx, first.id) or {})["review"]["snoozed_until"] == until.isoformat()
    clock.advance(timedelta(hours=2))
    async with database.transaction(workspace, actor(person)) as tx:
        assert len(await view.listing(tx, status="pending", snoozed=False)) == 2
        await decide.snooze(tx, first.id, person, tx.now + timedelta(days=1))
        await decide.snooze(tx, first.id, person, None)
        assert len(await view.listing(tx, status="pending", snoozed=False)) == 2
        actions = await tx.rows("select 1 from audit_events where action = 'drafts.snooze'")
    assert len(actions) == 3


async def test_what_cannot_be_put_aside_is_said(
    tx: Tx, database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    draft = await offline_draft(tx, await build(tx))
    for until in (tx.now, tx.now - timedelta(days=1), tx.now + timedelta(days=31)):
        with pytest.raises(InvalidInput, match="choose an instant within the next 30 days"):
            await decide.snooze(tx, draft.id, person, until)
    viewer = await add_person(database, workspace, "Vic Low", "vic@brand.example", role="viewer")
    with pytest.raises(NotAllowed):
        await decide.snooze(tx, draft.id, viewer, tx.now + timedelta(hours=1))
    await decide.approve(tx, draft.id, person)
    with pytest.raises(Conflict, match="Ann Reed approved"):
        await decide.snooze(tx, draft.id, person, tx.now + timedelta(hours=1))


async def test_an_edit_is_a_labelled_pair_once_its_words_are_approved(
    tx: Tx, person: PersonId
) -> None:
    world = await build(tx)
    first = await offline_draft(tx, world)
    edited = await decide.edit(tx, first.id, person, subject="One lease question")
    [pair] = await tx.rows("select * from overrides")
    assert (pair["kind"], pair["human_output"]) == ("edit", None)
    assert pair["agent_output"] == {"subject": first.content.subject, "body": first.body}
    assert pair["distance"] >= 1
    await decide.approve(tx, edited.id, person)
    [pair] = await tx.rows("select * from overrides")
    assert pair["human_output"] == {"subject": "One lease question", "body": first.body}


async def test_a_rejection_is_a_labelled_pair_with_the_version_that_was_approved(
    tx: Tx, person: PersonId
) -> None:
    world = await build(tx)
    first = await offline_draft(tx, world)
    rejected = await decide.reject(tx, first.id, person, "Shorter.", "tone_length")
    body = "Hi Dana,\n\nWho reads the lease amendments at your company today?"
    question = await rewrite.request(tx, rejected, world.request())
    second = await rewrite.save(tx, rejected, question, answer("Your leases", body))
    await decide.approve(tx, second.id, person)
    [pair] = await tx.rows("select * from overrides")
    assert (pair["kind"], pair["category"], pair["reason"]) == ("reject", "tone_length", "Shorter.")
    assert pair["human_output"]["subject"] == "Your leases"
    assert pair["distance"] > 10
    made = await read.decision(tx, first.id)
    assert made is not None
    assert made.category is RejectCategory.TONE_LENGTH


async def test_an_unknown_category_is_refused(tx: Tx, person: PersonId) -> None:
    draft = await offline_draft(tx, await build(tx))
    with pytest.raises(
        InvalidInput, match="There is no category 'mood'; choose one of tone_length"
    ):
        await decide.reject(tx, draft.id, person, "shorter", "mood")


async def test_how_long_a_draft_was_read_is_kept_and_quick_approvals_are_counted(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> None:
    await adopt(database, workspace, guard={"least_dwell": timedelta(seconds=5)})
    read_well, quick, unopened, thrown = await fresh(database, workspace, 4)
    for draft, seconds in ((read_well, 40), (quick, 2), (thrown, 20)):
        async with database.transaction(workspace, actor(person)) as tx:
            await look(tx, draft.id, person, "web")
            await look(tx, draft.id, person, "web")
        clock.advance(timedelta(seconds=seconds))
        async with database.transaction(workspace, actor(person)) as tx:
            if draft is thrown:
                await decide.reject(tx, draft.id, person, "no")
            else:
                await decide.approve(tx, draft.id, person)
    async with database.transaction(workspace, actor(person)) as tx:
        await decide.approve(tx, unopened.id, person)
        assert len(await tx.rows("select 1 from looks")) == 3
        made = {one.id: await read.decision(tx, one.id) for one in (read_well, quick, unopened)}
        events = await tx.rows(
            "select subject from audit_events where action = 'drafts.approve'"
            " and body::jsonb ? 'quick'"
        )
        [line] = await reviewers.report(tx, tx.now - timedelta(days=1))
    assert {id_: (one.dwell_seconds, one.is_quick) for id_, one in made.items() if one} == {
        read_well.id: (Decimal(40), False),
        quick.id: (Decimal(2), True),
        unopened.id: (None, True),
    }
    assert {row["subject"] for row in events} == {f"draft:{quick.id}", f"draft:{unopened.id}"}
    assert (line.decisions, line.approved, line.rejected, line.quick) == (4, 3, 1, 2)
    assert line.median_dwell_seconds == Decimal(20)
    assert line.share_quick == Decimal("0.667")
    assert line.share_changed == Decimal("0.250")


async def test_what_one_may_do_is_shown_as_it_is_enforced(
    database: Database, workspace: WorkspaceId, person: PersonId
) -> None:
    [draft] = await fresh(database, workspace, 1)
    viewer = await add_person(database, workspace, "Vic Low", "vic@brand.example", role="viewer")
    async with database.transaction(workspace, SYSTEM) as tx:
        who = {id_: await access.member(tx, id_) for id_ in (person, viewer)}
        can = {id_: (await view.one(tx, draft.id, who[id_]) or {})["can"] for id_ in who}
    assert can[person]["approve"] == {"allowed": True, "why_not": None}
    assert not any(one["allowed"] for one in can[viewer].values())
    async with database.transaction(workspace, actor(person)) as tx:
        await decide.approve(tx, draft.id, person)
        shown = await view.one(tx, draft.id, who[person])
    assert shown is not None
    assert shown["can"]["reject"]["why_not"] == "Ann Reed approved it at 15:00 UTC."
    assert shown["can"]["take_back"]["allowed"]
    assert shown["undo_until"] == "2026-03-02T15:00:30+00:00"
    assert shown["review"]["action"] == "review"


async def test_a_version_shows_what_changed_since_the_one_before(tx: Tx, person: PersonId) -> None:
    draft = await offline_draft(tx, await build(tx))
    new = await decide.edit(tx, draft.id, person, subject=f"{draft.content.subject} today")
    shown = await view.one(tx, new.id)
    assert shown is not None
    assert ["added", " today"] in [[op, text.rstrip()] for op, text in shown["diff"]] or any(
        op == "added" and "today" in text for op, text in shown["diff"]
    )
    assert "".join(text for op, text in shown["diff"] if op != "removed") == (
        f"{new.content.subject}\n\n{new.body}"
    )


ENDED = [status for status in DraftStatus if all(status is not start for start, _ in TABLE)]


@pytest.mark.parametrize("ended", ENDED)
async def test_the_database_itself_brings_no_ended_draft_back(
    database: Database, workspace: WorkspaceId, ended: DraftStatus
) -> None:
    [draft] = await fresh(database, workspace, 1)
    async with database.transaction(workspace, SYSTEM) as tx:
        await tx.run("update drafts set status = :s where id = :id", {"s": ended, "id": draft.id})
    for status in DraftStatus:
        if status is ended:
            continue
        with pytest.raises(IntegrityError, match=f"a draft that is {ended} stays {ended}"):
            async with database.transaction(workspace, SYSTEM) as tx:
                await tx.run(
                    "update drafts set status = :s where id = :id", {"s": status, "id": draft.id}
                )
    async with database.transaction(workspace, SYSTEM) as tx:
        assert await handover.take(tx, 10, now=True) == []


async def test_a_draft_that_nobody_routed_is_routed_before_it_is_decided(
    tx: Tx, person: PersonId
) -> None:
    world = await build(tx)
    body = "Hi Dana,\n\nWho reads the lease amendments at your company today?"
    draft = await write.save(tx, world.enrollment, world.request(), answer("Leases", body))
    assert await route.review_of(tx, draft.id) is None
    await decide.approve(tx, draft.id, person)
    review = await route.review_of(tx, draft.id)
    assert review is not None
    assert review.closed_at == tx.now
