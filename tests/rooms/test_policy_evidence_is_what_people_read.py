"""Evidence for automatic approval is what people decided on drafts that they had opened."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from outrider.drafts import decide
from outrider.drafts.review import route, store_policies
from outrider.drafts.review.bands import Tally
from outrider.drafts.review.types import Action, Policy
from outrider.drafts.types import Draft
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.drafts_world import World, build, offline_draft
from tests.policy_world import decided, looked

DWELL = timedelta(seconds=3)


@pytest.fixture
async def world(tx: Tx, person: PersonId) -> World:
    return await build(tx)


async def tallies(tx: Tx, world: World) -> list[Tally]:
    after = tx.now + timedelta(seconds=1)
    since = tx.now - timedelta(days=30)
    return await store_policies.tallies(tx, world.campaign.id, since, after, DWELL)


def tally(hits: int, total: int) -> list[Tally]:
    return [Tally(step=1, industry="unknown", hits=hits, total=total)]


async def test_approvals_edits_and_rejections_count(tx: Tx, world: World, person: PersonId) -> None:
    await decided(tx, world, person, "aaaer")
    assert await tallies(tx, world) == tally(3, 5)


async def test_an_approval_of_what_nobody_opened_is_no_evidence(
    tx: Tx, world: World, person: PersonId
) -> None:
    await decided(tx, world, person, "auu")
    assert await tallies(tx, world) == tally(1, 1)


async def test_an_approval_within_the_dwell_time_counts_as_unread(
    tx: Tx, world: World, person: PersonId
) -> None:
    [one] = await decided(tx, world, person, "a")
    await looked(tx, one, person, timedelta(seconds=1))
    assert await tallies(tx, world) == []


async def test_tests_of_the_reviewers_and_later_versions_are_no_evidence(
    tx: Tx, world: World, person: PersonId
) -> None:
    one, other, third = await decided(tx, world, person, "aaa")
    await tx.run("update outrider.drafts set is_seed = true where id = :id", {"id": one.id})
    await tx.run("update outrider.drafts set version = 2 where id = :id", {"id": other.id})
    assert await tallies(tx, world) == tally(1, 1)
    await tx.run("update outrider.drafts set writer = 'person:x' where id = :id", {"id": third.id})
    assert await tallies(tx, world) == []


async def test_evidence_belongs_to_the_industry_that_the_review_named(
    tx: Tx, world: World, person: PersonId
) -> None:
    draft = await offline_draft(tx, world)
    review = await route.route(tx, draft)
    assert review.segment == f"{world.campaign.id}/1/unknown"
    await tx.run(
        "update outrider.reviews set segment = :segment where id = :id",
        {"segment": f"{world.campaign.id}/1/retail", "id": review.id},
    )
    await looked(tx, draft, person)
    await decide.approve(tx, draft.id, person)
    assert await tallies(tx, world) == [Tally(step=1, industry="retail", hits=1, total=1)]


async def test_the_confidence_of_a_draft_is_measured_from_the_decisions_before_it(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        world = await build(tx)
        await decided(tx, world, person, "a" * 9 + "r")
    clock.advance(timedelta(days=1))
    policy = Policy.model_validate({"bands": {"evidence": 10}})
    async with database.transaction(workspace, SYSTEM) as tx:
        draft = await offline_draft(tx, world)
        now = await route.moment(tx, draft.campaign_id, policy, tx.now)
        case, _ = await route.case_of(tx, draft, policy, now)
        assert case.calibrated.confidence == Decimal("0.596")
        assert (case.calibrated.hits, case.calibrated.total) == (9, 10)
        before = await route.moment(tx, draft.campaign_id, policy, tx.now - timedelta(days=2))
        early, _ = await route.case_of(tx, draft, policy, before)
        assert early.calibrated.confidence is None


async def test_a_review_says_who_by_when_and_from_which_policy(
    tx: Tx, world: World, person: PersonId
) -> None:
    draft = await offline_draft(tx, world)
    review = await route.route(tx, draft)
    assert review.verdict.action is Action.REVIEW
    assert review.policy_id is None
    assert review.due_at is not None
    assert review.due_at > tx.now
    assert review.remind_at is not None
    assert tx.now < review.remind_at < review.due_at
    assert await route.route(tx, draft) == review
    rows = await tx.rows(
        "select body from outrider.audit_events where action = 'drafts.route' and subject = :s",
        {"s": f"draft:{draft.id}"},
    )
    [body] = [json.loads(row["body"]) for row in rows]
    assert body["policy"] == "built in"
    assert body["seen"]["claims_count"] == len(draft.claims)
    assert "harbor.example" not in str(body)


async def test_an_escalation_to_a_role_that_nobody_holds_says_where_it_went(
    tx: Tx, world: World, draft_with_a_price: Draft
) -> None:
    review = await route.route(tx, draft_with_a_price)
    assert review.verdict.action is Action.ESCALATE
    assert review.verdict.to == "campaign_manager"
    assert review.assigned is None
    assert "Nobody here is campaign manager" in review.verdict.reason


@pytest.fixture
async def draft_with_a_price(tx: Tx, world: World) -> Draft:
    draft = await offline_draft(tx, world)
    found = {"check": "sensitive_pricing", "severity": "warn", "message": "m", "fix": "f"}
    return Draft.model_validate({**draft.model_dump(), "findings": [found]})


async def test_an_approval_that_was_taken_back_speaks_against_the_segment(
    tx: Tx, world: World, person: PersonId
) -> None:
    draft = await offline_draft(tx, world)
    await looked(tx, draft, person)
    await decide.approve(tx, draft.id, person)
    await decide.take_back(tx, draft.id, person)
    assert await tallies(tx, world) == tally(0, 1)
