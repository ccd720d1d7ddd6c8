"""What runs did. In: the open transaction. Out: runs and their steps. Never: a change."""

from __future__ import annotations

from datetime import datetime

from outrider.agents import store
from outrider.agents.types import Run, RunId, Step
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotFound


async def runs(tx: Tx, agent: str | None = None, limit: int = 20) -> list[Run]:
    """The newest runs first, of one agent or of all."""
    return await store.runs(tx, agent, limit)


async def runs_between(
    tx: Tx, begins: datetime, ends: datetime, agent: str | None = None
) -> list[Run]:
    """Those that began from `begins` to just before `ends`, oldest first, of one agent or of all."""
    return await store.runs_between(tx, begins, ends, agent)


async def run(tx: Tx, run_id: RunId) -> Run:
    """One run.

    Raises:
        NotFound: there is no such run in this workspace.
    """
    found = await store.run_by_id(tx, run_id)
    if found is None:
        raise NotFound(f"There is no run {run_id} in this workspace: list the runs first.")
    return found


async def steps(tx: Tx, run_id: RunId) -> list[Step]:
    """Every model request and tool call of a run, in order."""
    return await store.steps(tx, run_id)
