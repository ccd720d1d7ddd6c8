"""A switch halts at once, the widest is named, and who moved it stays on record."""

from __future__ import annotations

import pytest

from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind, Tx
from outrider.kernel.errors import InvalidInput
from outrider.kernel.ids import WorkspaceId, new_id
from outrider.kernel.switches import SCOPES, halted, listing, set_switch

TARGETS = [("campaign", "c1"), ("mailbox", "m1"), ("agent", "sdr"), ("tool", "search")]


async def test_nothing_halts_when_no_switch_was_ever_moved(tx: Tx) -> None:
    assert await halted(tx, TARGETS) is None


@pytest.mark.parametrize(("scope", "target"), TARGETS)
async def test_a_switch_halts_its_target_and_no_other(tx: Tx, scope: str, target: str) -> None:
    await set_switch(tx, scope, target, is_on=True, reason="too many bounces")
    found = await halted(tx, TARGETS)
    assert found is not None
    assert (found.scope, found.target) == (scope, target)
    assert "too many bounces" in found.sentence()
    assert await halted(tx, [(scope, "another")]) is None
    assert await halted(tx) is None


@pytest.mark.parametrize("scope", ["global", "workspace"])
async def test_a_wide_switch_halts_whatever_is_asked(tx: Tx, scope: str) -> None:
    await set_switch(tx, scope, "", is_on=True, reason="stop")
    for targets in ([], TARGETS, [("campaign", "unknown")]):
        found = await halted(tx, targets)
        assert found is not None
        assert found.scope == scope


async def test_a_switch_without_a_target_halts_all_of_its_kind(tx: Tx) -> None:
    await set_switch(tx, "mailbox", "", is_on=True, reason="stop")
    assert await halted(tx, [("mailbox", "any")]) is not None
    assert await halted(tx, [("campaign", "any")]) is None


async def test_the_widest_switch_is_the_one_named(tx: Tx) -> None:
    for scope, target in [*TARGETS, ("workspace", ""), ("global", "")]:
        await set_switch(tx, scope, target, is_on=True, reason="stop")
    seen = []
    for _ in range(3):
        found = await halted(tx, TARGETS)
        assert found is not None
        seen.append(found.scope)
        await set_switch(tx, found.scope, found.target, is_on=False, reason="go on")
    assert seen == ["global", "workspace", "campaign"]


async def test_a_switch_moved_back_halts_nothing_and_both_moves_are_on_record(tx: Tx) -> None:
    await set_switch(tx, "campaign", "c1", is_on=True, reason="stop")
    await set_switch(tx, "campaign", "c1", is_on=False, reason="go on")
    assert await halted(tx, TARGETS) is None
    assert [(s.scope, s.is_on, s.reason) for s in await listing(tx)] == [
        ("campaign", False, "go on")
    ]
    events = await tx.rows("select action from outrider.audit_events order by action")
    assert [event["action"] for event in events] == ["switches.off", "switches.on"]


async def test_a_switch_halts_the_next_transaction_of_everybody(
    database: Database, workspace: WorkspaceId
) -> None:
    agent = Actor(ActorKind.AGENT, "sdr")
    async with database.transaction(workspace, agent, role=Role.AGENT) as working:
        assert await halted(working, TARGETS) is None
        async with database.transaction(workspace, SYSTEM) as tx:
            await set_switch(tx, "workspace", "", is_on=True, reason="stop")
        assert await halted(working, TARGETS) is not None


async def test_a_global_switch_halts_other_workspaces_and_a_workspaces_own_does_not(
    database: Database, workspace: WorkspaceId, clock: VirtualClock
) -> None:
    other = WorkspaceId(new_id(clock.now()))
    async with database.connection() as conn:
        await conn.exec_driver_sql(
            "insert into outrider.workspaces (id, name, created_at) values (%s, 'other', %s)",
            (other, clock.now()),
        )

    async def halts_other() -> bool:
        async with database.transaction(other, SYSTEM) as tx:
            return await halted(tx, TARGETS) is not None

    async with database.transaction(workspace, SYSTEM) as tx:
        await set_switch(tx, "workspace", "", is_on=True, reason="stop")
    assert not await halts_other()
    async with database.transaction(workspace, SYSTEM) as tx:
        await set_switch(tx, "global", "", is_on=True, reason="stop")
    assert await halts_other()
    async with database.transaction(other, SYSTEM) as tx:
        await set_switch(tx, "global", "", is_on=False, reason="go on")
    assert not await halts_other()
    async with database.transaction(workspace, SYSTEM) as tx:
        found = await halted(tx)
        assert found is not None
        assert found.scope == "workspace"


async def test_a_switch_that_cannot_be_is_refused_in_one_sentence(tx: Tx) -> None:
    with pytest.raises(InvalidInput, match=", ".join(SCOPES)):
        await set_switch(tx, "planet", "", is_on=True, reason="stop")
    with pytest.raises(InvalidInput, match="needs a reason"):
        await set_switch(tx, "workspace", "", is_on=True, reason=" ")
