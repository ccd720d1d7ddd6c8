"""SQL of runs whose thinking is done elsewhere. In: the open transaction. Out: numbers. Never: a commit."""

from __future__ import annotations

from datetime import datetime

from outrider.kernel.database.tx import Tx


async def end_silent(tx: Tx, kind: str, since: datetime) -> int:
    """Mark runs of this kind as failed that began before `since` and have no step after it."""
    result = await tx.run(
        "update outrider.agent_runs r set status = 'failed', completed_at = :now,"
        " error = 'nothing was heard of it for a day'"
        " where status = 'running' and request ->> 'kind' = :kind and started_at < :since"
        " and not exists (select 1 from outrider.agent_steps s"
        "  where s.run_id = r.id and s.started_at >= :since)",
        {"now": tx.now, "kind": kind, "since": since},
    )
    return int(result.rowcount)
