"""A policy approves a draft only when an admin allowed it and everything speaks for it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from outrider.app.jobs.review import review, review_left_over
from outrider.app.wiring import Outrider
from outrider.drafts import decide, read, write
from outrider.drafts.review import judge, route
from outrider.drafts.review import policy as policies
from outrider.drafts.review.types import Action, Policy, Review, Rule
from outrider.drafts.types import DecidedBy, Draft, DraftStatus, Judgement
from outrider.kernel.asking import Answer, Asking
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind
from outrider.kernel.errors import BudgetExceeded, OutriderError, VendorUnavailable
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from outrider.kernel.switches import set_switch
from tests.conftest import add_person
from tests.drafts_world import World, answer, build, offline_draft
from tests.policy_world import Judge, decided

OPEN = {"bands": {"evidence": 5, "held_back": 0, "auto": 0, "escalate": 0}, "auto_approve": True}
EVERYTHING = Policy.model_validate(
    {
        **OPEN,
        "rules": [{"name": "all", "when": "true", "action": "auto_approve", "reason": "Fine."}],
    }
)


class Opened(Outrider):
    """Outrider with a model for a judge."""

    judge = Judge()

    def asking(self) -> Asking:
        return self.judge


@pytest.fixture
def outrider(
    tmp_path_factory: pytest.TempPathFactory,
    clock: VirtualClock,
    database: Database,
    workspace: WorkspaceId,
    objects: Objects,
    keys: Keys,
) -> Opened:
    home = tmp_path_factory.mktemp("home")
    return Opened(load(home=home), clock, database, objects, keys, workspace, "test")


@pytest.fixture
async def admin(database: Database, workspace: WorkspaceId) -> PersonId:
    return await add_person(database, workspace, "Ada Moss", "ada@brand.example", "admin")


@pytest.fixture
async def world(
    database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> World:
    """A campaign whose last six drafts people approved unchanged."""
    async with database.transaction(workspace, SYSTEM) as tx:
        world = await build(tx)
        await decided(tx, world, person, "aaaaaa")
    clock.advance(timedelta(hours=1))
    return world


@pytest.fixture
async def draft(outrider: Opened, world: World) -> Draft:
    async with outrider.begin()() as tx:
        return await offline_draft(tx, world)


async def adopt(outrider: Opened, admin: PersonId, policy: Policy) -> None:
    async with outrider.begin()() as tx:
        await policies.adopt(tx, admin, policy, None)


async def now(outrider: Opened, draft: Draft) -> tuple[DraftStatus, Review]:
    async with outrider.begin()() as tx:
        stored = await read.find(tx, str(draft.id))
        found = await route.review_of(tx, draft.id)
    assert found is not None
    return stored.status, found


async def test_nothing_is_automatic_until_an_admin_says_so(outrider: Opened, draft: Draft) -> None:
    await review(outrider, draft.id)
    status, found = await now(outrider, draft)
    assert (status, found.verdict.action) == (DraftStatus.PENDING, Action.REVIEW)


async def test_what_a_policy_approves_names_the_policy_and_nobody(
    outrider: Opened, admin: PersonId, draft: Draft
) -> None:
    await adopt(outrider, admin, EVERYTHING)
    await review(outrider, draft.id)
    status, found = await now(outrider, draft)
    assert (status, found.verdict.action) == (DraftStatus.APPROVED, Action.AUTO_APPROVE), found
    async with outrider.begin()() as tx:
        decision = await read.decision(tx, draft.id)
        assert decision is not None
        assert (decision.by, decision.person_id) == (DecidedBy.POLICY, None)
        assert decision.policy_id == found.policy_id == (await policies.active(tx, None)).id
        assert decision.content_hash == draft.content_hash
        rows = await tx.rows(
            "select actor from outrider.audit_events where action = 'drafts.approve'"
            " and subject = :subject",
            {"subject": f"draft:{draft.id}"},
        )
    assert [row["actor"] for row in rows] == ["job:review"]


async def test_a_second_run_of_the_same_job_changes_nothing(
    outrider: Opened, admin: PersonId, draft: Draft
) -> None:
    await adopt(outrider, admin, EVERYTHING)
    first = await review(outrider, draft.id)
    assert first is not None
    again = await review(outrider, draft.id)
    assert again is not None
    assert again.id == first.id
    assert (await now(outrider, draft))[0] is DraftStatus.APPROVED


@pytest.mark.parametrize("error", [VendorUnavailable("no"), BudgetExceeded("no")])
async def test_without_a_judge_a_person_decides(
    outrider: Opened, admin: PersonId, draft: Draft, error: Exception
) -> None:
    await adopt(outrider, admin, EVERYTHING)
    object.__setattr__(outrider, "judge", Judge(error))
    await review(outrider, draft.id)
    status, found = await now(outrider, draft)
    assert (status, found.verdict.action) == (DraftStatus.PENDING, Action.REVIEW)
    assert "No judge has read it." in found.verdict.reason


async def test_a_warning_or_a_block_is_a_persons_to_decide(
    outrider: Opened, admin: PersonId, world: World
) -> None:
    await adopt(outrider, admin, EVERYTHING)
    for body in (
        "Hi Dana, a short question: who reads your lease amendments today, and how long is it?",
        "Hi Dana,\n\nHarbor Outfitters carries $9.9 billion in leases, better than LeaseKit. True?",
    ):
        async with outrider.begin()() as tx:
            request = world.request()
            one = await write.save(tx, world.enrollment, request, answer("A lease question", body))
        assert one.findings
        await review(outrider, one.id)
        status, found = await now(outrider, one)
        assert (status, found.verdict.action) == (DraftStatus.PENDING, Action.REVIEW)
        async with outrider.begin()() as tx:
            await tx.run(
                "update outrider.drafts set status = 'withdrawn' where id = :i", {"i": one.id}
            )


async def test_the_answer_to_a_person_is_read_by_a_person(
    outrider: Opened, admin: PersonId, person: PersonId, draft: Draft
) -> None:
    await adopt(outrider, admin, EVERYTHING)
    actor = Actor(ActorKind.PERSON, str(person))
    async with outrider.begin(actor)() as tx:
        edited = await decide.edit(tx, draft.id, person, subject="Another lease question")
    await review(outrider, edited.id)
    assert (await now(outrider, edited))[0] is DraftStatus.PENDING


async def test_a_policy_that_was_switched_off_meanwhile_approves_nothing(
    outrider: Opened, admin: PersonId, draft: Draft
) -> None:
    await adopt(outrider, admin, EVERYTHING)
    async with outrider.begin()() as tx:
        question = await judge.request(tx, draft)
    answered: Answer[Judgement] = await outrider.asking().ask(judge.task_for(draft), question)
    async with outrider.begin()() as tx:
        await judge.save(tx, draft, answered)
        made = await route.route(tx, draft)
    assert made.verdict.action is Action.AUTO_APPROVE
    await adopt(outrider, admin, Policy())
    assert await review_left_over(outrider) == 1
    status, found = await now(outrider, draft)
    assert (status, found.verdict.action) == (DraftStatus.PENDING, Action.REVIEW)
    assert "A person decides:" in found.verdict.reason


async def test_while_a_kill_switch_is_on_nothing_is_approved_and_afterwards_it_goes_on(
    outrider: Opened, admin: PersonId, draft: Draft
) -> None:
    await adopt(outrider, admin, EVERYTHING)
    for is_on, expected in ((True, DraftStatus.PENDING), (False, DraftStatus.APPROVED)):
        async with outrider.begin()() as tx:
            await set_switch(tx, "workspace", "", is_on=is_on, reason="a drill")
        await review_left_over(outrider)
        assert (await now(outrider, draft))[0] is expected


async def test_a_death_after_the_judge_or_after_the_review_is_made_good_by_the_sweep(
    outrider: Opened, admin: PersonId, draft: Draft
) -> None:
    await adopt(outrider, admin, EVERYTHING)
    async with outrider.begin()() as tx:
        left = await route.left_over(tx)
    assert [one.id for one in left] == [draft.id]
    assert await review_left_over(outrider) == 1
    assert (await now(outrider, draft))[0] is DraftStatus.APPROVED
    assert await review_left_over(outrider) == 0


async def test_a_policys_block_stops_every_approval(
    outrider: Opened, admin: PersonId, person: PersonId, draft: Draft
) -> None:
    never = Rule(name="never", when="step == 1", action=Action.BLOCK, reason="Not this year.")
    await adopt(outrider, admin, Policy(rules=(never,)))
    await review(outrider, draft.id)
    async with outrider.begin()() as tx:
        with pytest.raises(OutriderError, match="Not this year"):
            await decide.approve(tx, draft.id, person)
    assert (await now(outrider, draft))[0] is DraftStatus.PENDING


async def test_two_jobs_at_once_approve_once_and_the_review_stays_what_it_was(
    outrider: Opened, admin: PersonId, draft: Draft
) -> None:
    await adopt(outrider, admin, EVERYTHING)
    await asyncio.gather(*(review(outrider, draft.id) for _ in range(4)))
    status, found = await now(outrider, draft)
    assert (status, found.verdict.action) == (DraftStatus.APPROVED, Action.AUTO_APPROVE)
    async with outrider.begin()() as tx:
        rows = await tx.rows(
            "select action from outrider.audit_events where subject = :subject"
            " and action in ('drafts.route', 'drafts.approve', 'drafts.hand_to_person')",
            {"subject": f"draft:{draft.id}"},
        )
    assert sorted(row["action"] for row in rows) == ["drafts.approve", "drafts.route"]
