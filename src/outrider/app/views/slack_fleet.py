"""What Slack is told of agents besides drafts: who answered a request, what runs of a tick did.

In: the open transaction. Out: plain values. Never: a change, a run that did nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from outrider.kernel.database.tx import Tx


async def answered_by(tx: Tx, request_id: UUID) -> str:
    """The name of who answered this request; empty while nobody did."""
    row = await tx.row(
        "select p.name from outrider.agent_requests q join outrider.people p on p.id = q.person_id"
        " where q.id = :id",
        {"id": request_id},
    )
    return str(row["name"]) if row else ""


async def told(tx: Tx, agent: str, due_at: datetime) -> list[dict[str, Any]]:
    """Runs that answered this tick and worked, with what is told of them (A-62), oldest first."""
    rows = await tx.rows(
        "select id, agent_name, status, summary, completed_at from outrider.agent_runs"
        " where agent_name = :agent and due_at = :due and status in ('completed', 'failed')"
        " and summary is not null order by started_at, id",
        {"agent": agent, "due": due_at},
    )
    return [dict(row) for row in rows]
