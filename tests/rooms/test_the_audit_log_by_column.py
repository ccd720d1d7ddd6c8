"""The log answers an auditor by column: who, what, when, on what input, at what cost, approved by whom."""

from __future__ import annotations

from outrider.kernel.audit.append import record
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind, Tx
from outrider.kernel.ids import WorkspaceId, new_id


async def test_a_tool_call_and_an_approval_show_their_facts(tx: Tx) -> None:
    await record(
        tx,
        "agents.step",
        "run:1",
        {"agent": "sdr", "tool_name": "web_search", "tool_input": "ab" * 32, "lead_id": "7",
         "cost_usd": "0.012", "cost_tokens": 900, "latency_ms": 40, "outcome": "done"},
    )  # fmt: skip
    await record(
        tx,
        "drafts.approve",
        "draft:1",
        {"person": "p1", "content_hash": "cd" * 32, "confidence": "0.8"},
    )
    step, approval = await tx.rows("select * from outrider.audit_log order by action_taken")
    assert (step["agent"], step["tool_name"], step["lead_id"]) == ("sdr", "web_search", "7")
    assert (str(step["cost_usd"]), step["cost_tokens"], step["outcome"]) == ("0.012", 900, "done")
    assert (approval["approval"], approval["approver_id"]) == ("approve", "p1")
    assert approval["timestamp"] == tx.now


async def test_the_view_shows_no_other_workspace(
    database: Database, workspace: WorkspaceId, tx: Tx
) -> None:
    await record(tx, "test.own", "test:1")
    await tx.conn.commit()
    async with database.transaction(WorkspaceId(new_id(tx.now)), SYSTEM) as other:
        assert await other.rows("select * from outrider.audit_log") == []


async def test_an_agent_can_write_no_event_in_a_persons_name(
    database: Database, workspace: WorkspaceId
) -> None:
    import pytest
    from sqlalchemy.exc import ProgrammingError

    async def forge() -> None:
        actor = Actor(ActorKind.PERSON, "somebody")
        async with database.transaction(workspace, actor, role=Role.AGENT) as tx:
            await record(tx, "drafts.approve", "draft:1")

    with pytest.raises(ProgrammingError, match="row-level security"):
        await forge()
    async with database.transaction(
        workspace, Actor(ActorKind.AGENT, "sdr"), role=Role.AGENT
    ) as own:
        await record(own, "agents.note", "run:1")
