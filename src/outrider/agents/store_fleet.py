"""SQL of what a workspace changed of its agents, and of their ticks.

In: the open transaction. Out: values. Never: a row, a commit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outrider.campaigns.types import CampaignId
from outrider.kernel.database.tx import Row, Tx


@dataclass(frozen=True)
class Override:
    """What differs from an agent's roster row here."""

    fields: Mapping[str, Any]
    actor: str
    changed_at: datetime
    scheduled_since: datetime | None = None


_OVERRIDE = "agent_name, fields, actor, changed_at, scheduled_since"


async def overrides(tx: Tx) -> dict[str, Override]:
    """What this workspace changed, by agent."""
    rows = await tx.rows(f"select {_OVERRIDE} from outrider.agent_overrides")
    return {row["agent_name"]: _override(row) for row in rows}


async def override(tx: Tx, agent: str, *, to_change: bool = False) -> Override | None:
    """What this workspace changed of one agent; `to_change` keeps others from it until the end."""
    row = await tx.row(
        f"select {_OVERRIDE} from outrider.agent_overrides where agent_name = :agent"
        + (" for update" if to_change else ""),
        {"agent": agent},
    )
    return None if row is None else _override(row)


def _override(row: Row) -> Override:
    return Override(**{key: value for key, value in row.items() if key != "agent_name"})


async def set_override(
    tx: Tx, agent: str, fields: Mapping[str, Any], scheduled_since: datetime | None
) -> None:
    """Keep what differs from the roster's row."""
    await tx.run(
        "insert into outrider.agent_overrides (workspace_id, id, agent_name, fields, actor,"
        " changed_at, scheduled_since) values (:workspace, :id, :agent, cast(:fields as jsonb),"
        " :actor, :now, :since) on conflict (workspace_id, agent_name) do update set"
        " fields = excluded.fields, actor = excluded.actor, changed_at = excluded.changed_at,"
        " scheduled_since = excluded.scheduled_since",
        {
            "workspace": tx.workspace,
            "id": tx.new_id(),
            "agent": agent,
            "fields": json.dumps(fields),
            "actor": str(tx.actor),
            "now": tx.now,
            "since": scheduled_since,
        },
    )


async def lock_agent(tx: Tx, agent: str) -> None:
    """From here to the end of the transaction nobody else changes this agent or starts its ticks."""
    await tx.run(
        "select pg_advisory_xact_lock(hashtextextended(:what, 0))",
        {"what": f"agent {agent} {tx.workspace}"},
    )


async def last_tick(tx: Tx, agent: str) -> datetime | None:
    """The latest tick of an agent's schedule that was started."""
    row = await tx.row(
        "select due_at from outrider.agent_ticks where agent_name = :agent and asked_by is null"
        " order by due_at desc limit 1",
        {"agent": agent},
    )
    return None if row is None else row["due_at"]


async def add_tick(
    tx: Tx, agent: str, due_at: datetime, missed: int = 0, asked_by: str | None = None
) -> bool:
    """Note that a time came; False: somebody else was first."""
    result = await tx.run(
        "insert into outrider.agent_ticks (workspace_id, id, agent_name, due_at, deferred_at, missed,"
        " asked_by) values (:workspace, :id, :agent, :due_at, :now, :missed, :asked_by)"
        " on conflict (workspace_id, agent_name, due_at) do nothing",
        {
            "workspace": tx.workspace,
            "id": tx.new_id(),
            "agent": agent,
            "due_at": due_at,
            "now": tx.now,
            "missed": missed,
            "asked_by": asked_by,
        },
    )
    return result.rowcount == 1


async def is_answered(
    tx: Tx, agent: str, due_at: datetime, campaign: CampaignId | None = None
) -> bool:
    """Whether a run answered this tick and ended, well or not."""
    row = await tx.row(
        "select from outrider.agent_runs where agent_name = :agent and due_at = :due_at"
        " and status <> 'running' and campaign_id is not distinct from cast(:campaign as uuid)",
        {"agent": agent, "due_at": due_at, "campaign": campaign},
    )
    return row is not None
