"""A mail whose claim rests on a web page, or on a letter to us, is never approved without a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outrider.drafts import decide, read
from outrider.drafts.review import judge, policy, route, store_bulk
from outrider.drafts.review.types import Action, Policy, Review, Risk
from outrider.drafts.types import DecidedBy, Draft, DraftStatus
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind, Tx
from outrider.kernel.errors import Refused
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.conftest import add_person
from tests.drafts_world import World, build, offline_draft
from tests.policy_world import Judge, decided
from tests.review_world import CLOCK, actor

ROUTER = Actor(ActorKind.JOB, "review")
EVERYTHING = Policy.model_validate(
    {
        "bands": {"evidence": 5, "held_back": 0, "auto": 0, "escalate": 0},
        "auto_approve": True,
        "clock": {"on_timeout": "auto_send", "sla": "PT1H"},
        "rules": [{"name": "all", "when": "true", "action": "auto_approve", "reason": "Fine."}],
    }
)
NOBODY_VOUCHES = ["web", "inbound"]
SOMEBODY_VOUCHES = ["filing", "crm", "operator"]


@pytest.fixture
async def world(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> World:
    """A campaign whose last six drafts people left as they were, and a policy that lets all pass."""
    admin = await add_person(database, workspace, "Ada Moss", "ada@brand.example", "admin")
    async with database.transaction(workspace, SYSTEM) as tx:
        world = await build(tx)
        await decided(tx, world, person, "aaaaaa")
    async with database.transaction(workspace, actor(admin)) as tx:
        await policy.adopt(tx, admin, EVERYTHING, None)
    clock.advance(timedelta(hours=1))
    return world


async def written(tx: Tx, world: World) -> Draft:
    """A draft with claims, read by a judge who finds it good."""
    draft = await offline_draft(tx, world)
    assert draft.claims
    question = await judge.request(tx, draft)
    assert question is not None
    await judge.save(tx, draft, await Judge().ask(judge.task_for(draft), question))
    return draft


async def now_said_by(tx: Tx, draft: Draft, provenance: str, every: bool = True) -> None:
    """Let its facts, or the first that it cites, come from there."""
    ids = [claim.fact_id for claim in draft.claims][: None if every else 1]
    await tx.run(
        "update outrider.facts set provenance = :said where id = any(:ids)",
        {"said": provenance, "ids": ids},
    )


@pytest.mark.parametrize("provenance", SOMEBODY_VOUCHES)
async def test_what_somebody_vouches_for_may_pass(
    database: Database, workspace: WorkspaceId, world: World, provenance: str
) -> None:
    async with database.transaction(workspace, ROUTER) as tx:
        draft = await written(tx, world)
        await now_said_by(tx, draft, provenance)
        found = await route.route(tx, draft)
        assert (found.verdict.action, found.verdict.risk) == (Action.AUTO_APPROVE, Risk.LOW), found
        done = await decide.approve_by(tx, draft.id, DecidedBy.POLICY, found.policy_id, "all")
        assert done.status is DraftStatus.APPROVED


@pytest.mark.parametrize("provenance", NOBODY_VOUCHES)
async def test_one_claim_of_the_open_web_is_enough_for_a_person(
    database: Database, workspace: WorkspaceId, world: World, provenance: str
) -> None:
    async with database.transaction(workspace, ROUTER) as tx:
        draft = await written(tx, world)
        await now_said_by(tx, draft, provenance, every=False)
        found = await route.route(tx, draft)
        assert (found.verdict.action, found.verdict.risk) == (Action.REVIEW, Risk.MEDIUM)
        assert "only a web page or a letter says" in found.verdict.reason
        assert draft.id not in {
            one.id for one in await store_bulk.candidates(tx, draft.campaign_id, None)
        }


@pytest.mark.parametrize("by", [DecidedBy.POLICY, DecidedBy.TIMEOUT])
async def test_the_last_gate_looks_again_at_where_the_facts_are_from(
    database: Database, workspace: WorkspaceId, world: World, clock: VirtualClock, by: DecidedBy
) -> None:
    async with database.transaction(workspace, ROUTER) as tx:
        draft = await written(tx, world)
        found = await route.route(tx, draft)
        assert found.verdict.action is Action.AUTO_APPROVE
        await tx.run("update outrider.reviews set notified_at = :now", {"now": tx.now})
        await now_said_by(tx, draft, "web", every=False)
    clock.advance(timedelta(days=7))
    async with database.transaction(workspace, CLOCK) as tx:
        await refused(tx, draft, by, found)
    async with database.transaction(workspace, CLOCK) as tx:
        await now_said_by(tx, draft, "filing")
        done = await decide.approve_by(tx, draft.id, by, found.policy_id, "all")
        assert done.status is DraftStatus.APPROVED


async def refused(tx: Tx, draft: Draft, by: DecidedBy, found: Review) -> None:
    with pytest.raises(Refused, match=r"needs a person: .*only a web page or a letter says"):
        await decide.approve_by(tx, draft.id, by, found.policy_id, "all")
    assert (await read.find(tx, str(draft.id))).status is DraftStatus.PENDING


async def test_a_person_may_approve_it(
    database: Database, workspace: WorkspaceId, world: World, person: PersonId
) -> None:
    async with database.transaction(workspace, actor(person)) as tx:
        draft = await written(tx, world)
        await now_said_by(tx, draft, "web")
        assert (await decide.approve(tx, draft.id, person)).status is DraftStatus.APPROVED
