"""SQL of runs whose thinking is done elsewhere. In: the open transaction. Out: ids. Never: a commit."""

from __future__ import annotations

from outrider.agents.types import RunId
from outrider.kernel.database.tx import Tx

MOST = 100


async def open_(tx: Tx, kind: str) -> list[RunId]:
    """Runs of this kind that have not ended, oldest first."""
    rows = await tx.rows(
        "select id from outrider.agent_runs where status = 'running'"
        " and request ->> 'kind' = :kind order by started_at limit :most",
        {"kind": kind, "most": MOST},
    )
    return [RunId(row["id"]) for row in rows]
