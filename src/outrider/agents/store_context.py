"""SQL of what earlier runs found out. In: the open transaction. Out: `types`. Never: a row, a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from outrider.agents.types import Run
from outrider.kernel.database.tx import Tx


async def runs_of_lead(tx: Tx, lead: UUID, limit: int) -> list[Run]:
    """Runs about this lead that ended, the newest first."""
    rows = await tx.rows(
        "select id, agent_name, campaign_id, status, request, tools_used, actions_taken, error,"
        " api_tokens_used, cost_estimate, started_at, completed_at, summary from outrider.agent_runs"
        " where request ->> 'lead_id' = :lead and status in ('completed', 'failed')"
        " order by started_at desc, id desc limit :limit",
        {"lead": str(lead), "limit": limit},
    )
    return [Run.model_validate({**row, "tools_used": tuple(row["tools_used"])}) for row in rows]


async def found(tx: Tx, calls: Sequence[str], since: datetime) -> Mapping[str, dict[str, Any]]:
    """What these calls (`tool sha256`) gave last, if they were made since then and went well."""
    if not calls:
        return {}
    rows = await tx.rows(
        "select distinct on (name, input_sha256) name || ' ' || input_sha256 as call, output"
        " from outrider.agent_steps where kind = 'tool' and status = 'done'"
        " and input_sha256 = any(:hashes) and name || ' ' || input_sha256 = any(:calls)"
        " and completed_at >= :since"
        " and output ->> 'status' = 'ok' and not (output ? 'found_before')"
        " order by name, input_sha256, completed_at desc",
        {
            "calls": list(calls),
            "hashes": [call.rpartition(" ")[2] for call in calls],
            "since": since,
        },
    )
    return {row["call"]: row["output"] for row in rows}
