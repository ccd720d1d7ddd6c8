"""Runs as screens and JSON show them. In: the open transaction. Out: dictionaries. Never: a change."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput, NotFound

_RUN = (
    "select r.id, r.agent_name, k.name as campaign, r.status, r.tools_used, r.actions_taken, r.error,"
    " r.api_tokens_used, r.cost_estimate, r.started_at, r.completed_at, r.due_at, r.met_run_id,"
    " r.summary,"
    " (select count(*) from outrider.agent_steps s where s.run_id = r.id) as steps"
    " from outrider.agent_runs r left join outrider.campaigns k on k.id = r.campaign_id"
)


async def listing(tx: Tx, *, limit: int = 20) -> list[dict[str, Any]]:
    """Runs, newest first."""
    rows = await tx.rows(
        f"{_RUN} order by r.started_at desc, r.id desc limit :limit", {"limit": limit}
    )
    return [_json(dict(row)) for row in rows]


async def one(tx: Tx, run_id: str) -> dict[str, Any]:
    """One run with its steps, by its id or by the first eight characters or more.

    Raises:
        NotFound: there is none of this id.
        InvalidInput: several begin like this.
    """
    # A prefix is matched as text, so only what can stand in an id may pass.
    if not re.fullmatch(r"[0-9a-fA-F-]{8,36}", run_id):
        raise NotFound(f"{run_id!r} is no run: take an id from `outrider runs list`.")
    found = await tx.rows(
        f"{_RUN} where r.id::text like :start limit 2", {"start": run_id.lower() + "%"}
    )
    if not found:
        raise NotFound(f"There is no run {run_id} in this workspace: see `outrider runs list`.")
    if len(found) > 1:
        raise InvalidInput(f"More than one run begins with {run_id}: give more of its id.")
    row = found[0]
    id_ = row["id"]
    steps = await tx.rows(
        "select number, kind, name, status, model, tokens, cost, input_sha256, input, output, error,"
        " started_at, completed_at from outrider.agent_steps where run_id = :id order by number",
        {"id": id_},
    )
    return {**_json(dict(row)), "steps": [_json(dict(step)) for step in steps]}


def _json(row: dict[str, Any]) -> dict[str, Any]:
    """Ids, instants and decimals as text."""
    changed = {}
    for key, value in row.items():
        if isinstance(value, UUID):
            changed[key] = str(value)
        elif hasattr(value, "isoformat"):
            changed[key] = value.isoformat()
        elif key in ("cost", "cost_estimate"):
            changed[key] = str(value)
    return {**row, **changed}
