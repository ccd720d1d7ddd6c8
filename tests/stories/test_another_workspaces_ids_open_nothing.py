"""Every verb that takes an id finds nothing under an id of another workspace, and changes nothing there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy.exc

from outrider.app.views import drafts as view
from outrider.campaigns import create, enrol
from outrider.campaigns.types import StopReason
from outrider.drafts import bulk, decide, handover, read, vary
from outrider.drafts.review import judge, look, route, seed
from outrider.drafts.types import DecidedBy, Draft, Variant
from outrider.kernel import access
from outrider.kernel.database.connect import Database
from outrider.kernel.database.tx import SYSTEM, Tx
from outrider.kernel.errors import NotAllowed, NotFound
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.prospects import consent, research, touch
from outrider.prospects import read as prospects
from outrider.prospects.identity import Suppressor
from outrider.prospects.types import SuppressionReason
from tests.drafts_world import World, answer, build, offline_draft
from tests.review_world import CLOCK

SUPPRESSOR = Suppressor(b"k" * 32)
TABLES = (
    "drafts", "decisions", "reviews", "looks", "approvals", "overrides", "draft_variants",
    "draft_scores", "enrollments", "contacts", "suppressions", "touches", "switches",
)  # fmt: skip


@dataclass(frozen=True)
class Theirs:
    """What stands in the other workspace."""

    world: World
    draft: Draft
    variant: Variant
    boss: PersonId


@pytest.fixture
async def ours(database: Database, workspace: WorkspaceId) -> WorkspaceId:
    async with database.connection() as conn:
        return await access.ensure_workspace(conn, "ours", database.clock.now())


@pytest.fixture
async def theirs(
    database: Database, workspace: WorkspaceId, ours: WorkspaceId, person: PersonId
) -> Theirs:
    async with database.transaction(workspace, SYSTEM) as tx:
        world = await build(tx)
        draft = await offline_draft(tx, world)
        await route.route(tx, draft)
        other = answer("Lease terms", "Hi Dana,\n\nWho reads the amendments today?")
        variant = await vary.save(tx, draft, world.request(), other)
        assert variant is not None
    async with database.transaction(ours, SYSTEM) as tx:
        boss = await access.add_person(tx, "Bo Boss", "bo@ours.example", "admin")
    return Theirs(world, draft, variant, boss.person_id)


VERBS: dict[str, Callable[[Tx, Theirs], Awaitable[Any]]] = {
    "approve": lambda tx, t: decide.approve(tx, t.draft.id, t.boss),
    "edit": lambda tx, t: decide.edit(tx, t.draft.id, t.boss, body="other"),
    "reject": lambda tx, t: decide.reject(tx, t.draft.id, t.boss, "no"),
    "approve by policy": lambda tx, t: decide.approve_by(
        replace(tx, actor=CLOCK), t.draft.id, DecidedBy.POLICY, None, "test"
    ),
    "approve by timeout": lambda tx, t: decide.approve_by(
        replace(tx, actor=CLOCK), t.draft.id, DecidedBy.TIMEOUT, None, "test"
    ),
    "take back": lambda tx, t: decide.take_back(tx, t.draft.id, t.boss),
    "snooze": lambda tx, t: decide.snooze(tx, t.draft.id, t.boss, tx.now + timedelta(hours=1)),
    "show again": lambda tx, t: decide.snooze(tx, t.draft.id, t.boss, None),
    "expire": lambda tx, t: decide.expire(tx, t.draft.id),
    "vary": lambda tx, t: vary.request(tx, t.draft, t.world.request()),
    "keep a variant": lambda tx, t: vary.save(
        tx, t.draft, t.world.request(), answer("Other words", "Hi,\n\nWho reads them?")
    ),
    "choose": lambda tx, t: vary.choose(tx, t.draft.id, t.boss, 1),
    "choose what was given": lambda tx, t: decide.choose(tx, t.draft.id, t.boss, t.variant),
    "plant a test": lambda tx, t: seed.plant(tx, t.draft.id),
    "approve together": lambda tx, t: bulk.propose(tx, t.boss, t.world.campaign.id),
    "find a draft by id": lambda tx, t: read.find(tx, str(t.draft.id)),
    "find a draft by number": lambda tx, t: read.find(tx, str(t.draft.number)),
    "find a draft by prefix": lambda tx, t: read.find(tx, t.draft.id.hex[:30]),
    "campaign": lambda tx, t: create.find(tx, str(t.world.campaign.id)),
    "enrollment": lambda tx, t: enrol.find(tx, t.world.enrollment.id),
    "sequence": lambda tx, t: enrol.sequence(tx, t.world.enrollment.sequence_id),
    "advance": lambda tx, t: enrol.advance(
        tx, t.world.enrollment.id, 1, "<a@b.example>", "subject", tx.now
    ),
    "contact": lambda tx, t: prospects.contact(tx, t.world.contact.id),
    "account": lambda tx, t: prospects.account(tx, t.world.contact.account_id),
    "dossier": lambda tx, t: research.dossier(tx, t.world.contact.account_id),
    "suppress": lambda tx, t: consent.suppress(
        tx, SUPPRESSOR, t.world.contact.id, SuppressionReason.MANUAL, "test"
    ),
}
SILENT: dict[str, Callable[[Tx, Theirs], Awaitable[Any]]] = {
    "stop": lambda tx, t: enrol.stop(
        tx, [t.world.enrollment.id], contact_id=t.world.contact.id, reason=StopReason.CANCELED
    ),
    "withdraw all": lambda tx, t: handover.withdraw_open(tx, [t.world.enrollment.id], "test"),
    "held": lambda tx, t: handover.held(tx),
    "look": lambda tx, t: look.look(tx, t.draft.id, t.boss, "web"),
    "a card was shown": lambda tx, t: look.shown(tx, t.draft.id, t.boss, "slack", tx.now),
    "review": lambda tx, t: route.review_of(tx, t.draft.id),
    "hand to a person": lambda tx, t: route.hand_to_person(tx, t.draft.id, "test"),
    "left over": lambda tx, t: route.left_over(tx),
    "scores": lambda tx, t: judge.scores_of(tx, t.draft.id),
    "variants": lambda tx, t: vary.listing(tx, t.draft.id),
    "decision": lambda tx, t: read.decision(tx, t.draft.id),
    "decided": lambda tx, t: read.decided(tx),
    "unanswered": lambda tx, t: read.unanswered(tx),
    "show": lambda tx, t: view.one(tx, t.draft.id),
    "list": lambda tx, t: view.listing(tx),
    "withdraw": lambda tx, t: handover.withdraw(tx, [t.draft.id], "test"),
    "mark sent": lambda tx, t: handover.mark_sent(tx, [t.draft.id]),
    "current": lambda tx, t: handover.current(tx, [t.draft.id]),
    "take": lambda tx, t: handover.take(tx, 100),
    "replied": lambda tx, t: consent.replied(tx, [t.world.contact.id]),
    "touches": lambda tx, t: touch.of_contact(tx, t.world.contact.id),
    "lineage": lambda tx, t: read.lineage(tx, t.draft.lineage_id),
    "contact by address": lambda tx, t: prospects.contact_by_email(tx, t.world.contact.email),
}


async def everything(database: Database, workspace: WorkspaceId) -> dict[str, list[Any]]:
    async with database.transaction(workspace, SYSTEM) as tx:
        return {
            name: [dict(row) for row in await tx.rows(f"select * from outrider.{name} order by id")]
            for name in TABLES
        }


@pytest.mark.parametrize("verb", VERBS)
async def test_a_verb_finds_nothing_there(
    database: Database, workspace: WorkspaceId, ours: WorkspaceId, theirs: Theirs, verb: str
) -> None:
    before = await everything(database, workspace)
    async with database.transaction(ours, SYSTEM) as tx:
        with pytest.raises(NotFound):
            await VERBS[verb](tx, theirs)
    assert await everything(database, workspace) == before


@pytest.mark.parametrize("verb", SILENT)
async def test_a_verb_changes_nothing_there(
    database: Database, workspace: WorkspaceId, ours: WorkspaceId, theirs: Theirs, verb: str
) -> None:
    before = await everything(database, workspace)
    async with database.transaction(ours, SYSTEM) as tx:
        assert not await SILENT[verb](tx, theirs)
    assert await everything(database, workspace) == before


async def test_an_approver_of_another_workspace_decides_nothing_here(
    database: Database, workspace: WorkspaceId, theirs: Theirs
) -> None:
    async with database.transaction(workspace, SYSTEM) as tx:
        with pytest.raises(NotAllowed, match="no member"):
            await decide.approve(tx, theirs.draft.id, theirs.boss)


async def test_after_an_error_a_pooled_connection_forgets_its_workspace(
    database: Database, workspace: WorkspaceId, ours: WorkspaceId, theirs: Theirs
) -> None:
    for number in range(30):
        with pytest.raises(sqlalchemy.exc.SQLAlchemyError):
            async with database.transaction(workspace, SYSTEM) as tx:
                await tx.run("select 1/0" if number % 2 else "select * from outrider.nowhere")
        async with database.connection() as conn:
            found = await conn.exec_driver_sql("select count(*) from outrider.drafts")
            assert found.scalar_one() == 0
        async with database.transaction(ours, SYSTEM) as tx:
            assert await read.listing(tx) == []
            with pytest.raises(NotFound):
                await read.find(tx, str(UUID(int=number)))
