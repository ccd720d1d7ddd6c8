"""Whatever people, policies, clocks and agents do in whatever order: what was refused is never sent.

Random walks over the real verbs on a real database. After every act each draft is looked at: what has
ended has ended, what leaves was approved in exactly these words, and nothing blocked or planted moves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outrider.drafts import bulk, decide, handover, read, rewrite, vary
from outrider.drafts.review import judge, policy, seed
from outrider.drafts.review.look import look
from outrider.drafts.review.types import Policy
from outrider.drafts.rules import content_hash
from outrider.drafts.types import DecidedBy, DecisionKind, Draft, DraftStatus
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Actor, Tx
from outrider.kernel.errors import OutriderError
from outrider.kernel.ids import PersonId, WorkspaceId
from tests.conftest import add_person
from tests.drafts_world import World, answer, build
from tests.policy_world import Judge
from tests.review_world import CLOCK, actor, crowd

ENDED = {
    DraftStatus.REJECTED,
    DraftStatus.EXPIRED,
    DraftStatus.SUPERSEDED,
    DraftStatus.WITHDRAWN,
    DraftStatus.SENT,
}
LEAVING = {DraftStatus.APPROVED, DraftStatus.QUEUED, DraftStatus.SENT}
LIVE = {DraftStatus.PENDING, *LEAVING}
MAILS = 4
PERMISSIVE = Policy.model_validate(
    {"auto_approve": True, "clock": {"on_timeout": "auto_send", "sla": "PT1H"}}
)
GOOD = "Hi Dana,\n\nWho reads the amendments of your leases today?\n\nNumber {}."
FORGED = "Hi Dana,\n\nYou carry $9,999 million of leases. Who reads all {} of them?"


@dataclass
class Desk:
    """Some mails, who may do something with them, and what became of each draft so far."""

    database: Database
    workspace: WorkspaceId
    clock: VirtualClock
    people: tuple[PersonId, ...]
    world: World | None = None
    histories: dict[UUID, list[DraftStatus]] = field(default_factory=dict)
    done: int = 0

    async def act(self, who: Actor, verb: Callable[[Tx], Awaitable[Any]]) -> None:
        """One act in its own transaction; a refusal changes nothing."""
        self.done += 1
        try:
            async with self.database.transaction(self.workspace, who) as tx:
                await verb(tx)
        except OutriderError:
            return

    async def drafts(self) -> list[Draft]:
        """Every version of every mail, and the tests beside them, in the order they were made."""
        assert self.world is not None
        async with self.database.transaction(self.workspace, SYSTEM) as tx:
            return await read.listing(tx, campaign=self.world.campaign.id, limit=500)

    async def open(self) -> None:
        """A campaign of its own; what earlier walks left is out of the way."""
        async with self.database.transaction(self.workspace, SYSTEM) as tx:
            await tx.run(
                "update outrider.drafts set status = 'withdrawn'"
                " where status in ('pending', 'approved', 'queued')"
            )
            await tx.run("update outrider.campaigns set name = cast(id as text)")
            self.world = await build(tx)
            await policy.adopt(tx, self.people[0], PERMISSIVE, None)
            await crowd(tx, MAILS, self.world)
            await tx.run("update outrider.reviews set notified_at = :now", {"now": tx.now})


async def _rewritten(tx: Tx, desk: Desk, draft: Draft) -> None:
    assert desk.world is not None
    question = await rewrite.request(tx, draft, desk.world.request())
    await rewrite.save(tx, draft, question, answer("Your leases", GOOD.format(desk.done)))


async def _varied(tx: Tx, desk: Desk, draft: Draft, person: PersonId) -> None:
    assert desk.world is not None
    question = await vary.request(tx, draft, desk.world.request())
    words = (GOOD if desk.done % 2 else FORGED).format(desk.done)
    await vary.save(tx, draft, question, answer("Lease terms", words))
    await vary.choose(tx, draft.id, person, 1)


async def _judged_fit(tx: Tx, draft: Draft) -> None:
    """As if its policy had let it pass."""
    question = await judge.request(tx, draft)
    if question is not None:
        await judge.save(tx, draft, await Judge().ask(judge.task_for(draft), question))
    await tx.run(
        "update outrider.reviews set action = 'auto_approve' where draft_id = :id and"
        " closed_at is null",
        {"id": draft.id},
    )


async def _together(tx: Tx, desk: Desk, person: PersonId) -> None:
    assert desk.world is not None
    plan = await bulk.propose(tx, person, desk.world.campaign.id)
    for id_ in plan.samples:
        await look(tx, id_, person, "web")
        await decide.approve(tx, id_, person)
    await bulk.approve(tx, person, plan)


async def _alone(tx: Tx, draft: Draft, by: DecidedBy) -> None:
    active = await policy.active(tx, draft.campaign_id)
    await decide.approve_by(tx, draft.id, by, active.id, "a walk")


async def _everything_queued_leaves(tx: Tx, desk: Desk) -> None:
    await handover.mark_sent(tx, list(desk.histories))


def _verbs(desk: Desk, draft: Draft, person: PersonId) -> dict[str, tuple[Actor, Any]]:
    """Every verb that moves a draft, with who may try it. They are tried in every state."""
    who, id_ = actor(person), draft.id
    return {
        "approve": (who, lambda tx: decide.approve(tx, id_, person)),
        "edit": (who, lambda tx: decide.edit(tx, id_, person, body=GOOD.format(desk.done))),
        "forge": (who, lambda tx: decide.edit(tx, id_, person, body=FORGED.format(desk.done))),
        "reject": (who, lambda tx: decide.reject(tx, id_, person, "shorter", "tone_length")),
        "take_back": (who, lambda tx: decide.take_back(tx, id_, person)),
        "snooze": (who, lambda tx: decide.snooze(tx, id_, person, tx.now + timedelta(hours=2))),
        "vary": (who, lambda tx: _varied(tx, desk, draft, person)),
        "bulk": (who, lambda tx: _together(tx, desk, person)),
        "expire": (CLOCK, lambda tx: decide.expire(tx, id_)),
        "by_policy": (CLOCK, lambda tx: _alone(tx, draft, DecidedBy.POLICY)),
        "by_timeout": (CLOCK, lambda tx: _alone(tx, draft, DecidedBy.TIMEOUT)),
        "judged_fit": (CLOCK, lambda tx: _judged_fit(tx, draft)),
        "rewrite": (SYSTEM, lambda tx: _rewritten(tx, desk, draft)),
        "plant": (CLOCK, lambda tx: seed.plant(tx, id_)),
        "withdraw": (SYSTEM, lambda tx: handover.withdraw(tx, [id_], "a walk")),
        "queue": (SYSTEM, lambda tx: handover.take(tx, 100)),
        "queue_now": (SYSTEM, lambda tx: handover.take(tx, 100, now=True)),
        "send": (SYSTEM, lambda tx: _everything_queued_leaves(tx, desk)),
    }


VERBS = (
    "approve", "approve", "edit", "forge", "reject", "take_back", "snooze", "vary", "bulk", "expire",
    "by_policy", "by_timeout", "judged_fit", "rewrite", "plant", "withdraw", "queue", "queue_now",
    "send", "wait",
)  # fmt: skip
ACTS = st.tuples(st.sampled_from(VERBS), st.integers(0, 30), st.integers(0, 1))


async def _hold_true(desk: Desk) -> None:
    found = await desk.drafts()
    for draft in found:
        history = desk.histories.setdefault(draft.id, [DraftStatus.PENDING])
        if draft.status is not history[-1]:
            assert history[-1] not in ENDED, (draft.number, history, draft.status)
            history.append(draft.status)
        if draft.status in LEAVING:
            assert not draft.is_seed
            assert not draft.blocked_by
            await _was_approved(desk, draft)
        if draft.status is DraftStatus.SENT:
            assert DraftStatus.QUEUED in history
    live = [
        (one.enrollment_id, one.step) for one in found if one.status in LIVE and not one.is_seed
    ]
    assert len(live) == len(set(live)), "two mails for one step"


async def _was_approved(desk: Desk, draft: Draft) -> None:
    async with desk.database.transaction(desk.workspace, SYSTEM) as tx:
        made = await read.decision(tx, draft.id)
    assert made is not None
    assert made.kind is DecisionKind.APPROVE
    assert made.content_hash == draft.content_hash == content_hash(draft.content)


@settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(acts=st.lists(ACTS, min_size=8, max_size=20))
async def test_no_walk_leads_from_rejected_expired_or_blocked_to_sent(
    database: Database,
    workspace: WorkspaceId,
    clock: VirtualClock,
    person: PersonId,
    acts: list[tuple[str, int, int]],
) -> None:
    desk = Desk(database, workspace, clock, await _people(database, workspace, person))
    await desk.open()
    await _hold_true(desk)
    for verb, place, who in acts:
        if verb == "wait":
            clock.advance(timedelta(seconds=20 if place < 15 else 90_000))
            continue
        drafts = await desk.drafts()
        chosen = drafts[place % len(drafts)]
        await desk.act(*_verbs(desk, chosen, desk.people[who])[verb])
        await _hold_true(desk)


async def test_the_walk_can_reach_every_status(
    database: Database, workspace: WorkspaceId, clock: VirtualClock, person: PersonId
) -> None:
    """Else the walks above would prove little: their verbs do what they are named for."""
    desk = Desk(database, workspace, clock, await _people(database, workspace, person))
    await desk.open()
    first = await desk.drafts()
    boss = desk.people[0]
    for place, verb in enumerate(["by_timeout", "reject", "edit", "expire"]):
        if verb == "by_timeout":
            clock.advance(timedelta(days=4))
        await desk.act(*_verbs(desk, first[place], boss)[verb])
        await _hold_true(desk)
    for verb in ("plant", "withdraw"):
        await desk.act(*_verbs(desk, (await desk.drafts())[-1], boss)[verb])
        await _hold_true(desk)
    clock.advance(timedelta(minutes=1))
    for verb in ("queue", "send"):
        await desk.act(*_verbs(desk, first[0], boss)[verb])
        await _hold_true(desk)
    reached = {status for history in desk.histories.values() for status in history}
    assert reached == set(DraftStatus)


async def _people(
    database: Database, workspace: WorkspaceId, person: PersonId
) -> tuple[PersonId, ...]:
    async with database.transaction(workspace, SYSTEM) as tx:
        row = await tx.row(
            "select id from outrider.people where email = :email", {"email": "mia@brand.example"}
        )
    if row is not None:
        return PersonId(row["id"]), person
    mia = await add_person(database, workspace, "Mia Holt", "mia@brand.example", role="admin")
    return mia, person
