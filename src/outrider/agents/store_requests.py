"""SQL of calls that wait for a person. In: the open transaction. Out: `types`. Never: a row, a commit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from outrider.agents.types import RequestId, RequestStatus, ToolRequest
from outrider.kernel.database.tx import Tx

_REQUEST = (
    "id, run_id, agent_name, tool, input, input_sha256, reason, status, note, output, error,"
    " asked_at, settled_at"
)


async def collect(tx: Tx) -> list[ToolRequest]:
    """Make requests of the steps that ended with `pending_approval` and have none; the new ones.

    A call that waits already is not asked again. Two collectors take turns on the workspace.
    """
    await tx.run(
        "select pg_advisory_xact_lock(hashtextextended(:name, 0))",
        {"name": f"agent requests {tx.workspace}"},
    )
    rows = await tx.rows(
        "select distinct on (r.agent_name, s.name, s.input_sha256) s.id, s.run_id, r.agent_name,"
        " s.name, s.input -> 'asked' as asked, s.input_sha256,"
        " s.output -> 'content' ->> 'reason' as reason from outrider.agent_steps s"
        " join outrider.agent_runs r on r.id = s.run_id"
        " where s.kind = 'tool' and s.status = 'done'"
        " and s.output ->> 'status' = 'pending_approval'"
        " and not exists (select 1 from outrider.agent_requests q where q.step_id = s.id"
        "  or (q.agent_name = r.agent_name and q.tool = s.name"
        "  and q.input_sha256 = s.input_sha256))"
        " order by r.agent_name, s.name, s.input_sha256, s.started_at"
    )
    return [await _add(tx, row) for row in rows]


async def _add(tx: Tx, row: Mapping[str, Any]) -> ToolRequest:
    id_ = RequestId(tx.new_id())
    await tx.run(
        "insert into outrider.agent_requests (workspace_id, id, run_id, step_id, agent_name, tool,"
        " input, input_sha256, reason, status, asked_at) values (:workspace, :id, :run, :step,"
        " :agent, :tool, cast(:input as jsonb), :sha256, :reason, 'pending', :now)",
        {
            "workspace": tx.workspace,
            "id": id_,
            "run": row["run_id"],
            "step": row["id"],
            "agent": row["agent_name"],
            "tool": row["name"],
            "input": json.dumps(row["asked"], default=str),
            "sha256": row["input_sha256"],
            "reason": row["reason"] or "",
            "now": tx.now,
        },
    )
    found = await by_id(tx, id_)
    assert found is not None
    return found


async def by_id(tx: Tx, request: RequestId) -> ToolRequest | None:
    """One request."""
    row = await tx.row(
        f"select {_REQUEST} from outrider.agent_requests where id = :id", {"id": request}
    )
    return None if row is None else ToolRequest.model_validate(row)


async def listing(tx: Tx, status: RequestStatus | None, limit: int) -> list[ToolRequest]:
    """Requests, oldest first."""
    rows = await tx.rows(
        f"select {_REQUEST} from outrider.agent_requests"
        " where cast(:status as text) is null or status = :status order by asked_at, id"
        " limit :limit",
        {"status": status.value if status else None, "limit": limit},
    )
    return [ToolRequest.model_validate(row) for row in rows]


async def move(  # noqa: PLR0913 - one update, what it expects and what it sets
    tx: Tx,
    request: RequestId,
    expected: RequestStatus,
    status: RequestStatus,
    *,
    person: UUID | None = None,
    note: str | None = None,
    output: Mapping[str, Any] | None = None,
    error: str | None = None,
) -> bool:
    """Move a request that is still in the expected state; False: somebody else was first."""
    result = await tx.run(
        "update outrider.agent_requests set status = :status,"
        " person_id = coalesce(:person, person_id), note = coalesce(:note, note),"
        " output = coalesce(cast(:output as jsonb), output), error = coalesce(:error, error),"
        " settled_at = coalesce(settled_at, :now) where id = :id and status = :expected",
        {
            "id": request,
            "expected": expected.value,
            "status": status.value,
            "person": person,
            "note": note,
            "output": None if output is None else json.dumps(output, default=str),
            "error": error,
            "now": tx.now,
        },
    )
    return result.rowcount == 1


async def count(tx: Tx, request: RequestId, usd: Decimal) -> None:
    """Add what a person agreed to spend to the call that asked for it, and to its run if that has ended."""
    await tx.run(
        "with asking as (update outrider.agent_steps s set cost = s.cost + :usd"
        "  from outrider.agent_requests q where q.id = :id and s.id = q.step_id returning s.run_id)"
        " update outrider.agent_runs r set cost_estimate = r.cost_estimate + :usd"
        " from asking where r.id = asking.run_id and r.status <> 'running'",
        {"id": request, "usd": usd},
    )
