"""An Outrider whose fleet thinks with a scripted model, on a virtual clock.

In: the fixtures. Out: `Fleet`. Never: a network; a job that runs before it is told to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from outrider.agents import overrides
from outrider.agents.budget import Limits
from outrider.app.jobs import registered_jobs
from outrider.app.jobs.fleet_clock import start_due
from outrider.app.models import Configured
from outrider.app.wiring import Outrider
from outrider.kernel.clock import SystemClock
from outrider.kernel.jobs_procrastinate import Worker
from tests.agents_world import Line, Script, brain_of


@dataclass
class Fleet:
    """A workspace whose agents work by themselves."""

    outrider: Outrider
    script: Script = field(default_factory=lambda: Script(["All is well."]))

    def __post_init__(self) -> None:
        """Bind the model where `models.toml` would."""
        self.bind(self.outrider)
        registered_jobs()

    def says(self, lines: Sequence[Line], **more: Any) -> None:
        """From now on the model says this."""
        self.script = Script(lines, **more)
        self.bind(self.outrider)

    def bind(self, outrider: Outrider, limits: Limits | None = None) -> Outrider:
        """Let this Outrider think with the script."""
        clock: Any = outrider.clock
        models = brain_of(self.script, clock=clock).models
        outrider.__dict__["thinking"] = Configured(models, limits or Limits())
        return outrider

    async def set(self, agent: str, **fields: Any) -> None:
        """Change an agent."""
        async with self.outrider.begin()() as tx:
            await overrides.change(tx, agent, fields)

    def at(self, moment: datetime) -> None:
        """It is now this late; clocks can be put back, too."""
        clock: Any = self.outrider.clock
        clock._now = moment

    async def look(self) -> list[datetime]:
        """Look at the schedules once."""
        return [tick.due_at for tick in await start_due(self.outrider)]

    async def work(self) -> None:
        """Let a real worker of the job queue do what waits."""
        await Worker(self.outrider.database, lambda _: self.outrider, SystemClock()).run(
            until_empty=True
        )

    async def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """Look into the database."""
        async with self.outrider.begin()() as tx:
            return [dict(row) for row in await tx.rows(sql, values)]

    async def runs(self, agent: str) -> list[dict[str, Any]]:
        """The runs of an agent, oldest first."""
        return await self.rows(
            "select id, campaign_id, status, error, due_at, met_run_id, summary, spec, request"
            " from outrider.agent_runs where agent_name = :agent order by started_at, id",
            agent=agent,
        )

    async def jobs(self) -> int:
        """How many jobs wait."""
        found = await self.rows(
            "select count(*) as n from jobs.procrastinate_jobs where status = 'todo'"
            " and task_name = 'agents.tick'"
        )
        return int(found[0]["n"])


async def ended(task: asyncio.Task[Any]) -> None:
    """Cancel a task and wait for it."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
