"""A person and the time limit at the same moment: one decision, and the clock's never has a name."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from outrider.drafts import decide, read
from outrider.drafts.review import policy, route
from outrider.drafts.review.types import Action, OnTimeout, Risk
from outrider.drafts.types import DecidedBy, Draft, DraftStatus
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Actor
from outrider.kernel.errors import Conflict, NotAllowed, OutriderError, Refused
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.review_world import CLOCK, SENDS_BY_ITSELF, actor, adopt, always, fresh


async def due(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, count: int = 1
) -> list[Draft]:
    """Drafts that a reviewer was told of and nobody decided in time."""
    drafts = await fresh(database, workspace, count)
    async with database.transaction(workspace, SYSTEM) as tx:
        await tx.run("update outrider.reviews set notified_at = :now", {"now": tx.now})
    clock.advance(timedelta(days=4))
    return drafts


async def by_clock(database: Database, workspace: WorkspaceId, draft: Draft) -> Draft:
    async with database.transaction(workspace, CLOCK) as tx:
        review = await route.review_of(tx, draft.id)
        assert review is not None
        return await decide.approve_by(
            tx, draft.id, DecidedBy.TIMEOUT, review.policy_id, "nobody decided in time"
        )


async def test_a_timeout_is_recorded_as_a_timeout(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    await adopt(database, workspace, always(Action.REVIEW), **SENDS_BY_ITSELF)
    [draft] = await due(database, workspace, clock)
    approved = await by_clock(database, workspace, draft)
    assert approved.status is DraftStatus.APPROVED
    assert approved.released_at == clock.now() + timedelta(seconds=30)
    async with database.transaction(workspace, SYSTEM) as tx:
        made = await read.decision(tx, draft.id)
        [event] = await tx.rows(
            "select actor, body::jsonb as body from outrider.audit_events"
            " where action = 'drafts.approve'"
        )
    assert made is not None
    assert (made.by, made.person_id) == (DecidedBy.TIMEOUT, None)
    assert made.policy_id is not None
    assert event["actor"] == "job:clock"
    assert "person" not in event["body"]


async def test_a_click_and_the_timer_are_one_decision(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> None:
    await adopt(database, workspace, always(Action.REVIEW), **SENDS_BY_ITSELF)
    drafts = await due(database, workspace, clock, 12)

    async def click(draft: Draft) -> Draft:
        async with database.transaction(workspace, actor(person)) as tx:
            return await decide.approve(tx, draft.id, person)

    async def tick(draft: Draft) -> Draft:
        return await by_clock(database, workspace, draft)

    said = await asyncio.gather(
        *(act(draft) for draft in drafts for act in (click, tick)), return_exceptions=True
    )
    assert sum(isinstance(item, Draft) for item in said) == len(drafts)
    assert all(isinstance(item, Draft | Conflict) for item in said), said
    async with database.transaction(workspace, SYSTEM) as tx:
        rows = await tx.rows("select by, person_id from outrider.decisions")
    assert len(rows) == len(drafts)
    assert all((row["by"] == "person") == (row["person_id"] is not None) for row in rows)


async def test_the_clock_sends_only_under_all_its_conditions(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    await adopt(database, workspace, always(Action.REVIEW), **SENDS_BY_ITSELF)
    [draft] = await due(database, workspace, clock)
    changes = {
        "notified_at = null": "no reviewer was notified",
        "due_at = '2030-01-01T00:00Z'": "its time is not over",
        f"risk = '{Risk.MEDIUM}'": "its risk is medium",
        f"action = '{Action.ESCALATE}'": "its policy asks for one",
        "approvals = 2": "two approvals",
        "policy_id = null": "the policy changed",
        f"on_timeout = '{OnTimeout.HOLD}'": "does not send what nobody decided",
    }

    async def tried(change: str) -> None:
        async with database.transaction(workspace, CLOCK) as tx:
            await tx.run(f"update outrider.reviews set {change}")
            stored = await policy.active(tx, draft.campaign_id)
            await decide.approve_by(tx, draft.id, DecidedBy.TIMEOUT, stored.id, "")

    for change, why in changes.items():
        with pytest.raises(OutriderError, match=why):
            await tried(change)
    async with database.transaction(workspace, SYSTEM) as tx:
        assert (await read.find(tx, str(draft.id))).status is DraftStatus.PENDING


async def test_what_somebody_took_back_is_never_approved_by_itself(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> None:
    await adopt(database, workspace, always(Action.REVIEW), **SENDS_BY_ITSELF)
    [draft] = await due(database, workspace, clock)
    await by_clock(database, workspace, draft)
    async with database.transaction(workspace, actor(person)) as tx:
        again = await decide.take_back(tx, draft.id, person)
        await route.route(tx, again)
        await tx.run("update outrider.reviews set notified_at = :now", {"now": tx.now})
    clock.advance(timedelta(days=4))
    with pytest.raises(Refused, match="somebody took the approval"):
        await by_clock(database, workspace, again)


async def test_nobody_s_name_is_nobody_s_and_nobody_else_may_use_it(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> None:
    await adopt(database, workspace, always(Action.REVIEW), **SENDS_BY_ITSELF)
    [draft] = await due(database, workspace, clock)

    async def tried(who: Actor, by: DecidedBy) -> None:
        async with database.transaction(workspace, who) as tx:
            await decide.approve_by(tx, draft.id, by, None, "")

    for who, by in (
        (actor(person), DecidedBy.TIMEOUT),
        (SYSTEM, DecidedBy.POLICY),
        (CLOCK, DecidedBy.PERSON),
    ):
        with pytest.raises(NotAllowed):
            await tried(who, by)
    with pytest.raises(NotAllowed, match="may not decide in a person's name"):
        async with database.transaction(workspace, CLOCK) as tx:
            await decide.approve(tx, draft.id, person)


async def test_an_expired_draft_has_no_decision_and_stays_expired(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> None:
    [draft] = await due(database, workspace, clock)
    async with database.transaction(workspace, CLOCK) as tx:
        assert (await decide.expire(tx, draft.id)).status is DraftStatus.EXPIRED
        assert await read.decision(tx, draft.id) is None
        with pytest.raises(Conflict, match=r"is expired \(Nobody decided in time"):
            await decide.expire(tx, draft.id)
    async with database.transaction(workspace, actor(person)) as tx:
        with pytest.raises(Conflict, match="is expired"):
            await decide.approve(tx, draft.id, person)
        with pytest.raises(NotAllowed, match="the clock does"):
            await decide.expire(tx, draft.id)
